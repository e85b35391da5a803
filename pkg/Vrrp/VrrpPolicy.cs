// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>How an instance behaves where the RFCs or other implementations leave a choice; one object serves many instances.</summary>
public sealed record VrrpPolicy
{
    /// <summary>What an instance does unless told otherwise.</summary>
    public static VrrpPolicy Default { get; } = new();

    /// <summary>Intervals without an advertisement, skew apart, until a backup takes over; RFC 9568 6.1 says 3 (keepalived: down_timer_adverts).</summary>
    public byte DownAdvertisements { get; init; } = 3;

    /// <summary>Takes over from a master of lower priority; an owner always does (RFC 9568 6.1).</summary>
    public bool Preempt { get; init; } = true;

    /// <summary>How long a master of lower priority is let be before it is preempted; a master that dies is not waited for.</summary>
    public TimeSpan PreemptDelay { get; init; }

    /// <summary>A master that is not the owner accepts what is sent to the addresses (RFC 9568 6.1): a load balancer must.</summary>
    public bool AcceptMode { get; init; } = true;

    /// <summary>A master answers a lower priority at once (RFC 9568 6.4.3); false: not, as RFC 5798.</summary>
    public bool Assert { get; init; } = true;

    /// <summary>An owner does not even look at what others advertise (RFC 9568 7.1 without its erratum).</summary>
    public bool OwnerIgnoresAdvertisements { get; init; }

    /// <summary>Form of the checksum of version 3 over IPv4.</summary>
    public ChecksumMode Checksum { get; init; } = ChecksumMode.PseudoHeader;

    /// <summary>Unicast: takes messages of others than the peers.</summary>
    public bool AcceptUnknownPeers { get; init; }

    /// <summary>Multicast: takes IPv4 messages from outside the subnet.</summary>
    public bool AcceptOffSubnet { get; init; }

    /// <summary>How often a farewell is sent: one alone may be lost, which would cost a master-down interval.</summary>
    public byte Farewells { get; init; } = 3;

    /// <summary>Time between farewells.</summary>
    public TimeSpan FarewellSpacing { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>When a new master announces its addresses, from the moment it became master; the first is at once.</summary>
    public IReadOnlyList<TimeSpan> Announcements { get; init; } =
    [
        TimeSpan.Zero,
        TimeSpan.FromMilliseconds(100),
        TimeSpan.FromMilliseconds(300),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(5),
    ];

    /// <summary>Time between announcements after those; zero: none.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Packets for each address and refresh; a new master announces each once a round.</summary>
    public byte RefreshRepeat { get; init; } = 1;

    /// <summary>Everything that is wrong, one sentence each, with the field and the remedy.</summary>
    public IReadOnlyList<string> Errors()
    {
        List<string> errors = [];
        if (DownAdvertisements == 0)
        {
            errors.Add("downAdvertisements is 0: a backup would take over between two advertisements; set it to 2 or more (3 is the protocol's)");
        }

        if (PreemptDelay < TimeSpan.Zero || PreemptDelay > TimeSpan.FromHours(1))
        {
            errors.Add("preemptDelay must be from 0 to 1 hour");
        }

        if (Farewells == 0)
        {
            errors.Add("farewells is 0: a stop would cost a master-down interval; set it to 1 or more");
        }

        if (FarewellSpacing < TimeSpan.Zero || FarewellSpacing > TimeSpan.FromSeconds(1))
        {
            errors.Add("farewellSpacing must be from 0 to 1 s");
        }

        if (Refresh < TimeSpan.Zero || (Refresh > TimeSpan.Zero && Refresh < TimeSpan.FromMilliseconds(100)))
        {
            errors.Add("refresh must be 0, for none, or 100 ms and more");
        }

        CheckAnnouncements(errors);
        return errors;
    }

    private void CheckAnnouncements(List<string> errors)
    {
        if (Announcements.Count is 0 or > 32 || Announcements[0] != TimeSpan.Zero)
        {
            errors.Add("announcements must be 1 to 32 times of which the first is 0, or hosts send to the old master until their caches expire");
            return;
        }

        for (int i = 1; i < Announcements.Count; i++)
        {
            if (Announcements[i] <= Announcements[i - 1])
            {
                errors.Add("announcements must be later one after the other");
                return;
            }
        }
    }
}
