// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>What a virtual or real server says for the checks within it; null where it says nothing.</summary>
internal sealed record CheckDefaults
{
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
    public int? Retry { get; init; }
    public TimeSpan? RetryDelay { get; init; }
    public TimeSpan? Warmup { get; init; }
    public bool? StartDown { get; init; }
    public string Host { get; init; } = "";
}

/// <summary>A checker while it is read.</summary>
internal sealed record CheckDraft(HealthCheck Check, CheckDefaults Defaults);

/// <summary>The checkers of a real_server.</summary>
internal static class CheckBlocks
{
    private const int Day = 86_400;

    private static readonly BlockTable<HttpRequestCheck> Url = new BlockTable<HttpRequestCheck>("url")
        .Take("path", "path", (r, e) => r with { Path = e.Text() })
        .Take("digest", "digest", (r, e) => r with { Digest = e.Text() })
        .Take("status_code", "status", (r, e) => r with { Status = Status(e) })
        .Take("virtualhost", "host", (r, e) => r with { Host = e.Text() })
        .Take("regex", "bodyMatches", (r, e) => r with { BodyMatches = e.AllWords() })
        .Take("regex_no_match", "bodyMatchesNot", (r, _) => r with { BodyMatchesNot = "\0" })
        .Leave("is left out: write options into the expression itself, such as (?i)", "regex_options")
        .Leave("is left out: the whole body is searched", "regex_min_offset", "regex_max_offset", "regex_stack")
        .Leave("is left out: TLS is closed properly in any case", "tls_compliant");

    private static readonly BlockTable<CheckDraft> Tcp = Connecting("TCP_CHECK");

    private static readonly BlockTable<CheckDraft> Http = Connecting("HTTP_GET and SSL_GET")
        .Take("url", "requests", Request, repeats: true)
        .Take("nb_get_retry", "fall", (d, e) => d with { Defaults = d.Defaults with { Retry = e.Number(1, 1_000_000, 1) } })
        .Take("virtualhost", "", (d, e) => d with { Defaults = d.Defaults with { Host = e.Text() } })
        .Take("enable_sni", "serverName", (d, _) => d with { Check = d.Check with { ServerName = "\0" } })
        .Take("sni_name", "serverName", (d, e) => d with { Check = d.Check with { ServerName = e.Text() } })
        .Leave("is left out: HTTP/1.1 is spoken, and a connection serves one request", "http_protocol")
        .Leave("is left out: all requests of a check are sent in one go", "fast_recovery")
        .Leave("is left out: TLS is closed properly in any case", "tls_compliant");

    private static readonly BlockTable<CheckDraft> Smtp = Connecting("SMTP_CHECK")
        .Take("helo_name", "name", (d, e) => d.With(c => c with { Name = e.Text() }))
        .Leave("is left out: write connect_ip and connect_port instead", "host");

    private static readonly BlockTable<CheckDraft> Dns = Connecting("DNS_CHECK")
        .Take("type", "queryType", (d, e) => d.With(c => c with { QueryType = e.Text() }))
        .Take("name", "name", (d, e) => d.With(c => c with { Name = e.Text() }));

    private static readonly BlockTable<CheckDraft> Udp = Connecting("UDP_CHECK")
        .Take("payload", "payload", (d, e) => d.With(c => c with { Payload = string.Concat(e.Words) }))
        .Take("require_reply", "requireReply", (d, e) => d.With(c => c with { RequireReply = true, Reply = string.Concat(e.Words) }))
        .Leave("is left out: give the octets that matter in require_reply", "min_reply_length", "max_reply_length");

    private static readonly BlockTable<CheckDraft> Misc = Timed("MISC_CHECK")
        .Take("misc_path", "command", (d, e) => d.With(c => c with { Command = Lexer.Command(e.Words.Count > 1 ? e.AllWords() : e.Text()) }))
        .Take("misc_timeout", "timeout", (d, e) => d with { Defaults = d.Defaults with { Timeout = e.Seconds(Day, d.Defaults.Timeout) } })
        .Take("misc_dynamic", "dynamicWeight", (d, _) => d.With(c => c with { DynamicWeight = true }))
        .Take("user", "user", (d, e) => e.Account(0) is var (u, g) ? d.With(c => c with { User = u, Group = g }) : d);

    private static readonly BlockTable<CheckDraft> File = new BlockTable<CheckDraft>("FILE_CHECK")
        .Take("track_file", "name", (d, e) => d.With(c => c with { Name = e.Text() }))
        .Take("dynamic", "dynamicWeight", (d, _) => d.With(c => c with { DynamicWeight = true }))
        .Take("weight", "weight", (d, e) => d.With(c => c with { Weight = e.Number(int.MinValue + 1, int.MaxValue, 1) }));

    private static readonly BlockTable<CheckDraft> Bfd = new BlockTable<CheckDraft>("BFD_CHECK")
        .Take("name", "name", (d, e) => d.With(c => c with { Name = e.Text() }))
        .Take("alpha", "startDown", (d, e) => d with { Defaults = d.Defaults with { StartDown = e.Flag() } });

    private static readonly Dictionary<string, (CheckKind Kind, BlockTable<CheckDraft> Table)> Kinds = new(StringComparer.Ordinal)
    {
        ["TCP_CHECK"] = (CheckKind.Tcp, Tcp),
        ["HTTP_GET"] = (CheckKind.Http, Http),
        ["SSL_GET"] = (CheckKind.Https, Http),
        ["SMTP_CHECK"] = (CheckKind.Smtp, Smtp),
        ["DNS_CHECK"] = (CheckKind.Dns, Dns),
        ["UDP_CHECK"] = (CheckKind.Udp, Udp),
        ["PING_CHECK"] = (CheckKind.Ping, Tcp),
        ["MISC_CHECK"] = (CheckKind.Script, Misc),
        ["FILE_CHECK"] = (CheckKind.File, File),
        ["BFD_CHECK"] = (CheckKind.Bfd, Bfd),
    };

    /// <summary>The keywords that begin a checker.</summary>
    public static IEnumerable<string> Keywords => Kinds.Keys;

    public static HealthCheck Read(Entry entry, CheckDefaults defaults)
    {
        (CheckKind kind, BlockTable<CheckDraft> table) = Kinds[entry.Keyword];
        CheckDraft draft = table.Read(entry.Block(), new(new() { Kind = kind }, defaults), entry.Path, entry.Problems);
        CheckDefaults settled = draft.Defaults;
        bool http = kind is CheckKind.Http or CheckKind.Https;
        int retry = settled.Retry ?? (kind == CheckKind.Script ? 0 : kind == CheckKind.Dns ? 3 : 1);
        TimeSpan delay = settled.RetryDelay ?? (kind == CheckKind.Dns ? settled.Interval : TimeSpan.FromSeconds(http ? 3 : 1));
        HealthCheck check = draft.Check with
        {
            Interval = settled.Interval,
            Timeout = settled.Timeout,
            Fall = retry + 1,
            RetryDelay = kind is CheckKind.File or CheckKind.Bfd || retry == 0 ? default : delay,
            Warmup = settled.Warmup,
            StartDown = settled.StartDown,
        };
        return http ? WithHost(check, settled.Host) : check;
    }

    /// <summary>Keywords virtual servers, real servers and checkers share.</summary>
    public static BlockTable<T> AddTimes<T>(this BlockTable<T> table, Func<T, CheckDefaults> get, Func<T, CheckDefaults, T> set) => table
        .Take("retry", "fall", (v, e) => set(v, get(v) with { Retry = e.Number(0, 1_000_000, 1) }))
        .Take("delay_before_retry", "retryDelay", (v, e) => set(v, get(v) with { RetryDelay = e.Seconds(Day, default) }))
        .Take("warmup", "warmup", (v, e) => set(v, get(v) with { Warmup = e.Seconds(Day, default) }))
        .Take("delay_loop", "interval", (v, e) => set(v, get(v) with { Interval = e.Seconds(Day, get(v).Interval) }))
        .Take("connect_timeout", "timeout", (v, e) => set(v, get(v) with { Timeout = e.Seconds(Day, get(v).Timeout) }));

    private static BlockTable<CheckDraft> Timed(string noun) => new BlockTable<CheckDraft>(noun)
        .AddTimes(d => d.Defaults, (d, t) => d with { Defaults = t })
        .Take("alpha", "startDown", (d, e) => d with { Defaults = d.Defaults with { StartDown = e.Flag() } })
        .Leave("is left out: failures are counted, and logged when the outcome changes", "log_all_failures");

    private static BlockTable<CheckDraft> Connecting(string noun) => Timed(noun)
        .Take("connect_ip", "connectAddress", (d, e) => d.With(c => c with { ConnectAddress = e.Address() }))
        .Take("connect_port", "connectPort", (d, e) => d.With(c => c with { ConnectPort = e.Number(1, 65535, 0) }))
        .Take("bindto", "bindAddress", (d, e) => d.With(c => c with { BindAddress = e.Address() }))
        .Take("bind_if", "bindInterface", (d, e) => d.With(c => c with { BindInterface = e.Text() }))
        .Take("bind_port", "bindPort", (d, e) => d.With(c => c with { BindPort = e.Number(1, 65535, 0) }))
        .Take("fwmark", "firewallMark", (d, e) => d.With(c => c with { FirewallMark = e.Mark(0) }));

    private static CheckDraft With(this CheckDraft draft, Func<HealthCheck, HealthCheck> change) => draft with { Check = change(draft.Check) };

    private static CheckDraft Request(CheckDraft draft, Entry entry)
    {
        HttpRequestCheck request = Url.Read(entry.Block(), new(), $"{entry.Path}[{draft.Check.Requests.Count}]", entry.Problems);
        // regex_no_match says of the expression, wherever it stands, that it must not be found.
        if (request.BodyMatchesNot.Length > 0)
            request = request with { BodyMatchesNot = request.BodyMatches, BodyMatches = "" };
        return draft.With(c => c with { Requests = c.Requests.With(request) });
    }

    private static HealthCheck WithHost(HealthCheck check, string host)
    {
        List<HttpRequestCheck> requests = new(check.Requests.Count);
        foreach (HttpRequestCheck request in check.Requests)
            requests.Add(request.Host.Length > 0 ? request : request with { Host = host });
        // enable_sni alone sends the name of the host that is asked for.
        string name = check.ServerName == "\0" ? (requests.Count > 0 ? requests[0].Host : host) : check.ServerName;
        return check with { Requests = [.. requests], ServerName = name };
    }

    private static ValueList<StatusRange> Status(Entry entry)
    {
        List<StatusRange> ranges = [];
        foreach (string word in entry.Words)
            if (PortText.TryParse(word, out PortRange range) && range is { First: >= 100, Last: <= 999 })
                ranges.Add(new(range.First, range.Last));
            else
                entry.Refuse($"has \"{word}\": use codes such as 200, or ranges such as 200-299");
        return [.. ranges];
    }
}
