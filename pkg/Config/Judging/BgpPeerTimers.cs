// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Config.Bgp;

namespace LoadBalancer.Config.Judging;

/// <summary>Reads the timers of a BGPPeer. BGP counts hold and keepalive in whole seconds, and what is below them is dropped, as MetalLB does.</summary>
internal static class BgpPeerTimers
{
    // What the record has when nothing is written.
    private static readonly TimeSpan DefaultHold = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ShortestHold = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(ushort.MaxValue);

    public static (TimeSpan Hold, TimeSpan? Keepalive) Read(BgpPeerManifest manifest, Remarks remarks)
    {
        TimeSpan? hold = Truncated(manifest.HoldTime, "spec.holdTime", remarks);
        TimeSpan? keepalive = Truncated(manifest.KeepaliveTime, "spec.keepaliveTime", remarks);
        // RFC 4271 4.2: zero, or at least three seconds, in 16 bits.
        if (hold is { } given && given != TimeSpan.Zero && (given < ShortestHold || given > LongestHold))
            remarks.Errors.Add($"spec.holdTime is {manifest.HoldTime}: use 0s, which keeps a silent session for ever, or 3s to {Seconds(LongestHold)}");
        else if (keepalive > (hold ?? LongestHold / 3))
            remarks.Errors.Add(hold is null
                ? $"spec.keepaliveTime is {manifest.KeepaliveTime}, and three times that is more than the longest hold time, {Seconds(LongestHold)}: make it shorter"
                : $"spec.keepaliveTime {manifest.KeepaliveTime} is greater than spec.holdTime {manifest.HoldTime}: make it at most a third of that, or remove it");
        // RFC 4271 10: a keepalive at least three times in the hold time.
        else if (keepalive * 3 > hold)
        {
            remarks.Warnings.Add($"spec.keepaliveTime {manifest.KeepaliveTime} is more than a third of spec.holdTime {manifest.HoldTime}: a third of what is negotiated is used");
            keepalive = null;
        }

        // Zero leaves the pause to what is negotiated; without a hold time no keepalives are sent at all (RFC 4271 4.4).
        if (keepalive == TimeSpan.Zero)
            keepalive = null;
        return (hold ?? keepalive * 3 ?? DefaultHold, keepalive);
    }

    /// <summary>A duration of whole seconds, at least one; null when absent, empty or wrong.</summary>
    public static TimeSpan? WholeSeconds(string? text, string field, int most, Remarks remarks)
    {
        if (Fields.Duration(text, field, remarks) is not { } duration)
            return null;
        if (duration >= TimeSpan.FromSeconds(1) && duration <= TimeSpan.FromSeconds(most) && duration.Ticks % TimeSpan.TicksPerSecond == 0)
            return duration;
        remarks.Errors.Add(string.Create(CultureInfo.InvariantCulture, $"{field} is {text}: use whole seconds, 1s to {most}s"));
        return null;
    }

    private static TimeSpan? Truncated(string? text, string field, Remarks remarks)
    {
        if (Fields.Duration(text, field, remarks) is not { } duration)
            return null;
        TimeSpan whole = TimeSpan.FromTicks(duration.Ticks - (duration.Ticks % TimeSpan.TicksPerSecond));
        if (whole == duration)
            return duration;
        if (whole == TimeSpan.Zero)
        {
            remarks.Errors.Add($"{field} is {text}, and BGP counts whole seconds: use 1s or more");
            return null;
        }

        remarks.Warnings.Add($"{field} is {text}, and BGP counts whole seconds: {Seconds(whole)} is used");
        return whole;
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalSeconds}s");
}
