// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace LoadBalancer.ApiServer;

/// <summary>How a server is to run. Without endpoints it listens on a free port of 127.0.0.1 with TLS.</summary>
public sealed record ApiServerOptions
{
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>Listening sockets opened by someone else, for example inside a network namespace.</summary>
    public IReadOnlyList<ulong> ListenHandles { get; init; } = [];

    public bool PlainHttp { get; init; }

    /// <summary>Further addresses and names the serving certificate is good for.</summary>
    public IReadOnlyList<string> SubjectNames { get; init; } = [];

    public IReadOnlyList<string> ServiceCidrs { get; init; } = ["100.64.0.0/16", "2001:db8:5eca::/112"];

    /// <summary>How many changes of each resource a watch can go back.</summary>
    public int HistoryCapacity { get; init; } = 16384;

    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(30);

    public string? DataFile { get; init; }

    public string AdminToken { get; init; } = "embedded-admin-token";

    public int Seed { get; init; } = 1;

    /// <summary>Accept TokenRequests under ten minutes, so that tests can see a token expire.</summary>
    public bool AllowShortTokens { get; init; } = true;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
