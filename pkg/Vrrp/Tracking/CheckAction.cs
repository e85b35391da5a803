// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp.Tracking;

/// <summary>What a check asks for.</summary>
public enum CheckAction : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Run it, and say when it has finished.</summary>
    Run = 1,

    /// <summary>It has run for too long: end it. Its result counts as a failure and is not waited for.</summary>
    Kill = 2,
}
