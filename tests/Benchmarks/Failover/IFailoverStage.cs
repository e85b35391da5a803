// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Failover;

/// <summary>An address that one of several nodes serves: ours, and the peer's in the same network.</summary>
internal interface IFailoverStage : IAsyncDisposable
{
    LabNetwork Network { get; }

    IPEndPoint Target { get; }

    /// <summary>Ends the daemon of a node in good order.</summary>
    Task DrainAsync(LabHost node, CancellationToken cancellation);

    /// <summary>Starts the daemon of a node again, if it was ended.</summary>
    Task ReturnAsync(LabHost node, CancellationToken cancellation);
}
