// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig;

/// <summary>How a server is asked whether it works.</summary>
public enum CheckKind
{
    Tcp,
    Http,
    Https,
    Script,
    Udp,
    Dns,
    Ping,
    Smtp,
    File,
    Bfd,
}

/// <summary>A question asked again and again; what does not belong to its kind stays at its default.</summary>
public sealed record HealthCheck
{
    public CheckKind Kind { get; init; }
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Successes in a row before a server that was down counts as up.</summary>
    public int Rise { get; init; } = 1;

    /// <summary>Failures in a row before a server that was up counts as down.</summary>
    public int Fall { get; init; } = 2;

    /// <summary>Time before the question is asked again after a failure; zero means the interval.</summary>
    public TimeSpan RetryDelay { get; init; }

    /// <summary>The first question is asked at a random time up to this; null means up to the interval.</summary>
    public TimeSpan? Warmup { get; init; }

    /// <summary>Whether the server counts as down until this check succeeded; null means as its virtual server says.</summary>
    public bool? StartDown { get; init; }

    /// <summary>Null means the server's.</summary>
    public IpAddr? ConnectAddress { get; init; }

    /// <summary>0 means the server's.</summary>
    public int ConnectPort { get; init; }
    public IpAddr? BindAddress { get; init; }
    public int BindPort { get; init; }
    public string BindInterface { get; init; } = "";
    public uint? FirewallMark { get; init; }

    /// <summary>HTTP: what is asked for, in order; all must be right.</summary>
    public ValueList<HttpRequestCheck> Requests { get; init; }

    /// <summary>HTTPS: the name in the handshake; empty sends none.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>Script: the program and its arguments; exit status 0 is up.</summary>
    public ValueList<string> Command { get; init; }

    /// <summary>Script: whether exit status 2 to 255 sets the server's weight to 0 to 253.</summary>
    public bool DynamicWeight { get; init; }
    public string User { get; init; } = "";
    public string Group { get; init; } = "";

    /// <summary>UDP: octets sent, and expected back, in hexadecimal; a reply digit of <c>x</c> matches any.</summary>
    public string Payload { get; init; } = "";
    public string Reply { get; init; } = "";
    public bool RequireReply { get; init; }

    /// <summary>DNS: type and name of the question; SMTP: the name in HELO; File and BFD: the tracked object.</summary>
    public string QueryType { get; init; } = "";
    public string Name { get; init; } = "";

    /// <summary>File: what the number in the file is multiplied with.</summary>
    public int Weight { get; init; } = 1;
}

/// <summary>One HTTP request and what its answer must be.</summary>
public sealed record HttpRequestCheck
{
    public string Path { get; init; } = "/";
    public string Host { get; init; } = "";

    /// <summary>Status codes that are right; none means 200 to 299.</summary>
    public ValueList<StatusRange> Status { get; init; }

    /// <summary>MD5 of the body in hexadecimal; empty does not compare.</summary>
    public string Digest { get; init; } = "";
    public string BodyMatches { get; init; } = "";
    public string BodyMatchesNot { get; init; } = "";
}

/// <summary>HTTP status codes from first to last, both included.</summary>
public readonly record struct StatusRange(int First, int Last)
{
    /// <inheritdoc/>
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
