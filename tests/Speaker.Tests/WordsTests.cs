// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Routing;
using LoadBalancer.Speaker.Bgp;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Tests;

/// <summary>Every state and refusal has words of its own, and every notice a line in the log.</summary>
public sealed class WordsTests
{
    [Fact]
    public void RouteWords_OfEachRefusal_AreThereAndDiffer()
    {
        string[] words = [.. Enum.GetValues<RouteRefusal>().Select(RouteWords.Of)];
        Assert.Equal("", words[(int)RouteRefusal.None]);
        Assert.All(words[1..], w => Assert.True(w.Length > 10));
        Assert.Equal(words.Length, words.Distinct().Count());
    }

    [Fact]
    public void RouteWords_OfEachState_AreThereAndDiffer()
    {
        string[] words = [.. Enum.GetValues<RouteState>().Select(RouteWords.Of)];
        Assert.Equal("", RouteWords.Of(RouteState.Advertised));
        Assert.Equal(words.Length, words.Distinct().Count());
    }

    [Fact]
    public void RouteWords_OnlyWhatThePeerHas_CountsAsAnnounced() => Assert.Equal(
        [RouteState.Advertised, RouteState.WaitsToWithdraw], Enum.GetValues<RouteState>().Where(RouteWords.IsAnnounced));

    [Fact]
    public void NoticeLog_OfEachKind_IsOneLineAtTheLevelItDeserves()
    {
        Dictionary<SessionNoticeKind, LogLevel> levels = new()
        {
            [SessionNoticeKind.Up] = LogLevel.Information,
            [SessionNoticeKind.Down] = LogLevel.Warning,
            [SessionNoticeKind.AttemptEnded] = LogLevel.Information,
            [SessionNoticeKind.PrefixWarning] = LogLevel.Warning,
            [SessionNoticeKind.FamilyDisabled] = LogLevel.Warning,
            [SessionNoticeKind.UpdateFaulty] = LogLevel.Warning,
        };
        foreach (SessionNoticeKind kind in Enum.GetValues<SessionNoticeKind>().Where(k => (int)k != 0))
        {
            (int id, LogLevel level, string text) = Written(new SessionNotice(kind) { Negotiated = Sample.Negotiated() });
            Assert.Equal((kind, levels.GetValueOrDefault(kind, LogLevel.Debug)), (kind, level));
            Assert.InRange(id, 11020, 11025);
            Assert.StartsWith("BGP with tor", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void NoticeLog_OfASessionThatCameUp_NamesAsFamiliesAndHoldTime() => Assert.Equal(
        $"BGP with tor is up: AS 64513, {AfiSafi.IPv4Unicast}, hold time 90 s", Written(new SessionNotice(SessionNoticeKind.Up) { Negotiated = Sample.Negotiated() }).Text);

    [Fact]
    public void NoticeLog_OfAnEnd_IsItsSentence()
    {
        Assert.Equal("BGP with tor is down: the line was cut", Written(new SessionNotice(SessionNoticeKind.Down) { End = Sample.End("the line was cut") }).Text);
        Assert.Equal("BGP with tor is down: ended", Written(new SessionNotice(SessionNoticeKind.Down)).Text);
    }

    private static (int Id, LogLevel Level, string Text) Written(SessionNotice notice)
    {
        KeptLog log = new();
        NoticeLog.Write(log, "tor", notice);
        return Assert.Single(log.Entries);
    }
}
