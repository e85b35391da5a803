// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.BgpNet.Session;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Writes what sessions tell into the log, one line per fact.</summary>
internal static class NoticeLog
{
    public static void Write(ILogger logger, string peer, in SessionNotice notice)
    {
        switch (notice.Kind)
        {
            case SessionNoticeKind.Up:
                Log.PeerUp(logger, peer, notice.Negotiated!.PeerAs, string.Join(", ", notice.Negotiated.Families), notice.Negotiated.HoldSeconds);
                break;
            case SessionNoticeKind.Down:
                Log.PeerDown(logger, peer, notice.End?.Text ?? "ended");
                break;
            case SessionNoticeKind.AttemptEnded:
                Log.AttemptEnded(logger, peer, notice.End?.Text ?? "ended");
                break;
            case SessionNoticeKind.StateChanged:
                Log.PeerState(logger, peer, notice.From, notice.To);
                break;
            case SessionNoticeKind.PrefixWarning:
            case SessionNoticeKind.FamilyDisabled:
            case SessionNoticeKind.UpdateFaulty:
                Log.PeerWarning(logger, peer, string.Create(CultureInfo.InvariantCulture, $"{notice.Kind} {notice.Family} {notice.Fault} {notice.Prefixes}"));
                break;
            case SessionNoticeKind.SendRoutes:
            case SessionNoticeKind.EndOfRib:
            case SessionNoticeKind.RoutesStale:
            case SessionNoticeKind.StaleSwept:
            case SessionNoticeKind.ConnectionRefused:
                Log.PeerNotice(logger, peer, notice.Kind, notice.Family.ToString(), notice.Prefixes);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
