// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Session;

public sealed partial record SessionOptions
{
    /// <summary>Without a limit, how many prefixes of a family are counted; eight octets each.</summary>
    public const int MostPrefixesCounted = 1 << 20;

    private const int LeastHoldSeconds = 3;

    /// <summary>Everything that is wrong, one sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Errors()
    {
        List<string> errors = [];
        Require(errors, Open.Asn != 0, "myASN is 0, which is nobody's number (RFC 7607); set the AS of this side");
        Require(errors, Open.Identifier != 0, "routerID is 0.0.0.0; set one that is unique in the AS");
        Require(errors, Open.HoldSeconds is 0 or >= LeastHoldSeconds, $"holdTime is {Open.HoldSeconds} s; set 0, or 3 s and more");
        Require(errors, Open.GracefulRestart is not { RestartSeconds: < 0 or > GracefulRestartCapability.MaxRestartSeconds },
            $"the restart time is {Open.GracefulRestart?.RestartSeconds} s; set 0 to 4095 s");
        Require(errors, !Open.Families.IsDefaultOrEmpty && AreSupported(), "the families are not IPv4 unicast, IPv6 unicast or both; name one at least");
        Require(errors, Open.TryWrite(new byte[MessageFrame.MaxLength], out _), "the capabilities do not fit an OPEN; say less of this side");
        Require(errors, KeepaliveTime is null || Open.HoldSeconds == 0 || KeepaliveTime.Value * 3 <= TimeSpan.FromSeconds(Open.HoldSeconds),
            $"keepaliveTime is {Seconds(KeepaliveTime)} s, more than a third of holdTime, {Open.HoldSeconds} s; lower it");
        Require(errors, KeepaliveTime is null || KeepaliveTime >= TimeSpan.FromSeconds(1), $"keepaliveTime is {Seconds(KeepaliveTime)} s; set 1 s or more");
        Require(errors, ConnectRetryTime >= TimeSpan.FromSeconds(1) && ConnectRetryTime <= TimeSpan.FromSeconds(ushort.MaxValue),
            $"connectTime is {Seconds(ConnectRetryTime)} s; set 1 to 65535 s");
        Require(errors, IsPositive(ConnectTimeout) && IsPositive(OpenTimeout) && IsPositive(IdleHoldTime) && IsPositive(StalePathTime),
            "a time-out is zero or negative; set more than zero");
        Require(errors, DelayOpenTime >= TimeSpan.Zero && DeferralTime >= TimeSpan.Zero && MinRouteAdvertisementInterval >= TimeSpan.Zero
            && (SendHoldTime is null || SendHoldTime >= TimeSpan.Zero), "a delay is negative; set zero or more");
        Require(errors, SendHoldTime is not { Ticks: > 0 } || SendHoldTime > TimeSpan.FromSeconds(Open.HoldSeconds),
            $"the send hold time is {Seconds(SendHoldTime)} s, not more than holdTime, {Open.HoldSeconds} s (RFC 9687 4); raise it");
        Require(errors, MaxPrefixes is >= 0 and <= MostPrefixesCounted, $"the prefix limit is {MaxPrefixes}; set 0 to {MostPrefixesCounted}");
        Require(errors, PrefixWarningPercent is >= 0 and <= 100, $"the prefix warning is at {PrefixWarningPercent} percent; set 0 to 100");
        return errors;
    }

    /// <summary>
    /// What going over to other options costs: null when the peer need not notice; else the Cease to end the session with.
    /// </summary>
    internal StopReason? ResetFor(SessionOptions next)
    {
        if (Open.Asn != next.Open.Asn || Open.Identifier != next.Open.Identifier || Rules.AsKind != next.Rules.AsKind || Rules.Asn != next.Rules.Asn)
        {
            return StopReason.Reset;
        }

        // What the peer would read decides, not how the options hold it.
        byte[] before = new byte[MessageFrame.MaxLength];
        byte[] after = new byte[MessageFrame.MaxLength];
        _ = Open.TryWrite(before, out int beforeLength);
        _ = next.Open.TryWrite(after, out int afterLength);
        bool same = before.AsSpan(0, beforeLength).SequenceEqual(after.AsSpan(0, afterLength)) && Rules == next.Rules;
        return same ? null : StopReason.ConfigurationChange;
    }

    private static bool IsPositive(TimeSpan time) => time > TimeSpan.Zero;

    private static string Seconds(TimeSpan? time) => (time ?? default).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    private bool AreSupported()
    {
        bool all = true;
        foreach (AfiSafi family in Open.Families)
        {
            all &= family.IsSupported;
        }

        return all;
    }

    private void Require(List<string> errors, bool holds, string otherwise)
    {
        if (!holds)
        {
            errors.Add($"{Name}: {otherwise}");
        }
    }
}
