// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>Makes the routers.</summary>
public static class Routers
{
    /// <summary>All of them, for theories.</summary>
    public static TheoryData<RouterKind> All { get; } = [.. Enum.GetValues<RouterKind>()];

    /// <summary>Those that put routes into the kernel, speak BFD, and dial as well as listen.</summary>
    public static TheoryData<RouterKind> Whole { get; } = [RouterKind.Frr, RouterKind.Bird];

    public static IRouter Make(RouterKind kind, LabNetwork network, RouterOptions options) => kind switch
    {
        RouterKind.Frr => new Frr(network, options, BgpWorld.Cancellation),
        RouterKind.Bird => new Bird(network, options, BgpWorld.Cancellation),
        RouterKind.GoBgp => new GoBgp(network, options, BgpWorld.Cancellation),
        RouterKind.OpenBgpd => new OpenBgpd(network, options, BgpWorld.Cancellation),
        RouterKind.ExaBgp => new ExaBgp(network, options, BgpWorld.Cancellation),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
