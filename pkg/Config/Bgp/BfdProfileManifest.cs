// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Bgp;

/// <summary>A BFDProfile as read from the API, not yet validated. Intervals are in milliseconds.</summary>
public sealed record BfdProfileManifest(string Namespace, string Name, long Generation, long CreatedAt) : IObjectManifest
{
    public long? ReceiveInterval { get; init; }

    public long? TransmitInterval { get; init; }

    public long? DetectMultiplier { get; init; }

    public bool EchoMode { get; init; }

    public bool PassiveMode { get; init; }

    public long? MinimumTtl { get; init; }
}
