// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace LoadBalancer.Layer2;

/// <summary>How often an address is announced unasked after it was taken over.</summary>
public sealed record AnnouncementOptions
{
    /// <summary>
    /// Early repeats, counted from the first announcement: they cover a first one that was lost, on a switch port that
    /// is just coming up for instance, long before a client's connection gives up.
    /// </summary>
    public ImmutableArray<TimeSpan> FastRepeats { get; init; } =
        [TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500)];

    /// <summary>The interval of the later repeats; zero for none. 1.1 s: some hosts take one ARP update a second at most.</summary>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromSeconds(1.1);

    /// <summary>How long the later repeats go on, counted from the first announcement.</summary>
    public TimeSpan RepeatFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The interval of refreshes after the repeats; zero, the default, for none.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.Zero;

    /// <summary>Frames sent in one millisecond at most; two at least, since IPv4 is announced in two forms.</summary>
    public int FramesPerMillisecond { get; init; } = 64;

    /// <summary>The repeats after the first announcement, ascending.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A span is negative, or fewer than two frames a millisecond are allowed.</exception>
    internal TimeSpan[] Offsets()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(FramesPerMillisecond, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(RepeatInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RefreshInterval, TimeSpan.Zero);
        SortedSet<TimeSpan> offsets = [];
        foreach (TimeSpan repeat in FastRepeats)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(repeat, TimeSpan.Zero);
            _ = repeat > TimeSpan.Zero && offsets.Add(repeat);
        }

        for (TimeSpan at = RepeatInterval; RepeatInterval > TimeSpan.Zero && at <= RepeatFor; at += RepeatInterval)
        {
            _ = offsets.Add(at);
        }

        return [.. offsets];
    }
}
