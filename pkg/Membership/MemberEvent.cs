// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Membership;

/// <summary>What became of a member.</summary>
public enum MemberEventKind : byte
{
    /// <summary>Heard, and proven to hear us.</summary>
    Joined = 1,

    /// <summary>The node runs anew: what it claimed before is void.</summary>
    Restarted = 2,

    /// <summary>It said that it leaves; others take over now.</summary>
    Leaving = 3,

    /// <summary>Nothing heard for the dead time.</summary>
    TimedOut = 4,

    /// <summary>Heard, but it no longer hears us.</summary>
    OneWay = 5,

    /// <summary>Our own link went down, or our own process stood still: nothing is known of anyone.</summary>
    Forgotten = 6,
}

/// <summary>A member's transition on one segment.</summary>
public readonly record struct MemberEvent(MemberEventKind Kind, string Interface, string Node);
