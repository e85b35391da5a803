// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Benchmarks.Reporting;

/// <summary>One measured figure beside its peer.</summary>
public sealed record Figure(string What, double Value, string Unit)
{
    /// <summary>What the figure aims at, in words; empty for none. It never decides the exit status.</summary>
    public string Aim { get; init; } = "";

    /// <summary>The program or algorithm measured in the same run; empty when none runs here.</summary>
    public string Peer { get; init; } = "";

    public double? PeerValue { get; init; }

    /// <summary>A figure somebody measured at another time on another machine: for scale only.</summary>
    public string Elsewhere { get; init; } = "";

    /// <summary>This value over the peer's.</summary>
    public double? Ratio => PeerValue is { } peer && peer != 0 ? Value / peer : null;
}
