// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Tracking;

/// <summary>What is tracked.</summary>
internal enum TrackedKind
{
    Interface,
    Script,
    Process,
    File,
    Route,
    Service,
    BfdPeer,
}
