// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>What an instance has done since it was made; nothing here is ever reset.</summary>
public record struct VrrpCounters
{
    /// <summary>Messages sent, farewells included; to each unicast peer one.</summary>
    public long Sent { get; set; }

    /// <summary>Messages taken.</summary>
    public long Received { get; set; }

    /// <summary>Farewells sent.</summary>
    public uint FarewellsSent { get; set; }

    /// <summary>Farewells taken.</summary>
    public uint FarewellsReceived { get; set; }

    /// <summary>Times it became master.</summary>
    public uint BecameMaster { get; set; }

    /// <summary>Announcements asked for.</summary>
    public uint Announcements { get; set; }

    /// <summary>Times it let go because it had not been scheduled, or could not send.</summary>
    public uint Fenced { get; set; }

    /// <summary>Advertisements sent out of turn, as an answer.</summary>
    public uint Asserted { get; set; }

    /// <summary>Failures to send that were reported to it.</summary>
    public uint SendFailures { get; set; }

    /// <summary>Mismatches that were not told because there were too many.</summary>
    public uint MismatchesUntold { get; set; }

    /// <summary>Messages taken whose checksum had no pseudo-header although we send one, or the reverse.</summary>
    public uint OtherChecksums { get; set; }
}
