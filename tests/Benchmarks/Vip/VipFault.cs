// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Benchmarks.Vip;

/// <summary>What befalls the master.</summary>
internal enum VipFault
{
    /// <summary>The switch drops its frames, the carrier stays.</summary>
    LinkCut,

    /// <summary>The daemon is killed; the addresses stay behind.</summary>
    Kill,

    /// <summary>The daemon is told to end.</summary>
    Terminate,

    /// <summary>Its tracked script fails.</summary>
    Script,
}
