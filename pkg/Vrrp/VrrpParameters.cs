// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>What is configured for one virtual router on one node; immutable, replaced as a whole.</summary>
public sealed record VrrpParameters
{
    private const int TicksPerCentisecond = 100_000;

    /// <summary>Version spoken; messages of the other are discarded and reported.</summary>
    public VrrpVersion Version { get; init; } = VrrpVersion.V3;

    /// <summary>Family of the addresses and of the messages.</summary>
    public IpFamily Family { get; init; } = IpFamily.IPv4;

    /// <summary>Number of the virtual router on its segment, 1 to 255.</summary>
    public required byte VirtualRouterId { get; init; }

    /// <summary>1 to 254, or 255 for the node whose own address it is.</summary>
    public byte Priority { get; init; } = 100;

    /// <summary>Interval between advertisements: 10 ms to 40.95 s in steps of 10 ms, with version 2 whole seconds from 1 to 255.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The addresses that are advertised, 1 to 255; those held beside them are the driver's alone.</summary>
    public required IReadOnlyList<IpAddr> Addresses { get; init; }

    /// <summary>Nodes to speak to by unicast; empty: multicast.</summary>
    public IReadOnlyList<UnicastPeer> Peers { get; init; } = [];

    /// <summary>Another multicast group than the protocol's.</summary>
    public IpAddr? Group { get; init; }

    /// <summary>Password of version 2's simple-text authentication; null: none.</summary>
    public VrrpPassword? Password { get; init; }

    /// <summary>Becomes master only together with its sync group, see <see cref="Groups.SyncGroup"/>.</summary>
    public bool Grouped { get; init; }

    /// <summary>How it behaves; share one object between instances.</summary>
    public VrrpPolicy Policy { get; init; } = VrrpPolicy.Default;

    /// <summary>Whether the addresses are this node's own.</summary>
    public bool IsOwner => Priority == VrrpWire.OwnerPriority;

    internal int Centiseconds => (int)(Interval.Ticks / TicksPerCentisecond);

    internal bool IsUnicast => Peers.Count > 0;

    internal IpAddr Destination => Group ?? VrrpWire.Group(Family);

    internal static TimeSpan Span(int centiseconds) => new((long)centiseconds * TicksPerCentisecond);

    /// <summary>Everything that is wrong, one sentence each, with the field and the remedy.</summary>
    public IReadOnlyList<string> Errors()
    {
        List<string> errors = [.. Policy.Errors()];
        if (Version == VrrpVersion.V2 && Family == IpFamily.IPv6)
        {
            errors.Add("version is 2 and the family is IPv6: version 2 has no IPv6; set version to 3");
        }

        if (VirtualRouterId == 0)
        {
            errors.Add("virtualRouterId is 0: set it to a number from 1 to 255 that no other virtual router on the segment has");
        }

        if (Priority == 0)
        {
            errors.Add("priority is 0, which means a resigning master: set it to 1 to 254, or to 255 on the node that owns the address");
        }

        CheckInterval(errors);
        CheckAddresses(errors);
        CheckTransport(errors);
        if (Password is not null && Version != VrrpVersion.V2)
        {
            errors.Add("a password is set and version is 3, which has no authentication: remove it, or set version to 2");
        }

        return errors;
    }

    private void CheckInterval(List<string> errors)
    {
        bool right = Version == VrrpVersion.V2
            ? Interval.Ticks % TimeSpan.TicksPerSecond == 0 && Interval >= TimeSpan.FromSeconds(1) && Interval <= TimeSpan.FromSeconds(255)
            : Interval.Ticks % TicksPerCentisecond == 0 && Centiseconds is >= 1 and <= 4095;
        if (!right)
        {
            errors.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"interval is {Interval.TotalSeconds} s: version 2 has whole seconds from 1 to 255, version 3 has steps of 10 ms from 0.01 to 40.95 s"));
        }
    }

    private void CheckAddresses(List<string> errors)
    {
        if (Addresses.Count is 0 or > VrrpWire.MaxAddresses)
        {
            errors.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Addresses.Count} addresses are to be advertised: an advertisement holds 1 to 255; hold the rest without advertising them"));
        }

        foreach (IpAddr address in Addresses)
        {
            if (address.Family != Family || address.IsUnspecified || address.IsMulticast || address.IsLoopback)
            {
                errors.Add($"{address} cannot be a virtual address of this {Family} router: give a unicast address of its family");
            }
        }
    }

    private void CheckTransport(List<string> errors)
    {
        foreach (UnicastPeer peer in Peers)
        {
            if (peer.Address.Family != Family || peer.Address.IsUnspecified || peer.Address.IsMulticast)
            {
                errors.Add($"{peer.Address} cannot be a unicast peer of this {Family} router: give a unicast address of its family");
            }
        }

        if (Group is { } group && (IsUnicast || group.Family != Family || !group.IsMulticast))
        {
            errors.Add($"{group} cannot be the multicast group: give a group of the router's family, and no unicast peers beside it");
        }
    }
}
