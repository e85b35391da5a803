// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Bfd;

/// <summary>What is configured for a session; immutable, replaced as a whole. The defaults are those of a BFDProfile.</summary>
public sealed record BfdParameters
{
    /// <summary>Hop limit of every packet we send, and of a single-hop packet that arrives (RFC 5881 5, RFC 5082).</summary>
    public const byte FullHopLimit = 255;

    /// <summary>Shortest interval that can be configured.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Longest interval that can be configured.</summary>
    public static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(60);

    /// <summary>Interval at which we would send while Up (Desired Min TX Interval), 10 ms to 60 s.</summary>
    public TimeSpan TransmitInterval { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Interval at which we ask the peer to send (Required Min RX Interval), 10 ms to 60 s.</summary>
    public TimeSpan ReceiveInterval { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Our packets the peer may miss in a row before it declares the session down.</summary>
    public byte DetectMultiplier { get; init; } = 3;

    /// <summary>Says nothing until the peer has spoken (RFC 5880 6.1).</summary>
    public bool Passive { get; init; }

    /// <summary>Lowest hop limit a multi-hop packet may arrive with; no matter for a single-hop session.</summary>
    public byte MinimumHopLimit { get; init; } = 254;

    /// <summary>Type and keys; null: packets are neither signed nor checked.</summary>
    public BfdAuthentication? Authentication { get; init; }

    /// <summary>Whether the echo function was asked for: it is refused, see <see cref="Errors"/>.</summary>
    public bool EchoMode { get; init; }

    /// <summary>Everything that is wrong, one sentence each, with the field's name as in a BFDProfile and the remedy.</summary>
    public IReadOnlyList<string> Errors()
    {
        List<string> errors = [];
        CheckInterval(errors, "transmitInterval", TransmitInterval);
        CheckInterval(errors, "receiveInterval", ReceiveInterval);
        if (DetectMultiplier == 0)
        {
            errors.Add("detectMultiplier is 0: no packet may be missed then; set it to 1 or more (3 is usual)");
        }

        if (MinimumHopLimit == 0)
        {
            errors.Add("minimumTtl is 0: set it to 1 or more (254 admits one router between the peers)");
        }

        if (EchoMode)
        {
            errors.Add("echoMode is not supported: this speaker neither sends nor returns BFD echo packets, because a packet that carries "
                + "our own address as its source is dropped by the kernel's and most switches' spoofing checks; set echoMode to false, and "
                + "transmitInterval and receiveInterval down to 10 ms for the same detection time");
        }

        return errors;
    }

    private static void CheckInterval(List<string> errors, string field, TimeSpan interval)
    {
        if (interval < MinInterval || interval > MaxInterval || interval.Ticks % TimeSpan.TicksPerMicrosecond != 0)
        {
            errors.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{field} is {interval.TotalMilliseconds} ms: set it to whole microseconds from 10 to 60000 ms"));
        }
    }
}
