// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Health;

/// <summary>Asks a server once. What it opened is closed when the task ends, also when that is by the token.</summary>
internal interface IProbe
{
    /// <summary>What it waits for at the moment; said when the time is over.</summary>
    string Awaits { get; }

    /// <summary>Asks; failures of the network are answers. The token ends when the time for an answer is over.</summary>
    Task<ProbeAnswer> AskAsync(CancellationToken limit);
}
