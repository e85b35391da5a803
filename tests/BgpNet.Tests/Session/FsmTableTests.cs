// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>RFC 4271 8.2.2 written down a second time, in short, and compared cell by cell.</summary>
public sealed class FsmTableTests
{
    // Idle, Connect, Active, OpenSent, OpenConfirm, Established for each event, in the order of their numbers.
    private static readonly string[] Rows =
    [
        "1  start  -      -      -       -       -",
        "2  -      stop   stop   cease2  cease2  cease2",
        "3  start  -      -      -       -       -",
        "4  start  -      -      -       -       -",
        "5  start  -      -      -       -       -",
        "6  later  -      -      -       -       -",
        "7  later  -      -      -       -       -",
        "8  -      fail   fail   cease   cease   cease",
        "9  -      dial   dial   fsm     fsm     fsm",
        "10 -      fail   fail   hold    hold    hold",
        "11 -      fail   fail   fsm     keep    keep",
        "12 -      open   open   fsm     fsm     fsm",
        "13 start  fail   fail   fsm     fsm     fsm",
        "14 refuse -      -      -       -       -",
        "15 refuse refuse refuse -       -       -",
        "16 refuse take   take   second  second  second",
        "17 refuse take   take   second  second  second",
        "18 -      active fail   active  fail    fail",
        "19 -      fail   fail   confirm fsm     fsm",
        "20 -      confirm confirm fsm   fsm     fsm",
        "21 -      error  error  error   error   error",
        "22 -      error  error  error   error   fsm",
        "23 -      fail   fail   dump    dump    dump",
        "24 -      release release release release fail",
        "25 -      fail   fail   fail    fail    fail",
        "26 -      fail   fail   fsm     up      alive",
        "27 -      fail   fail   fsm     fsm     use",
        "28 -      fail   fail   fsm     fsm     error",
        "29 -      -      -      -       -       stuck",
        "30 -      fail   fail   fsm     fsm     use",
    ];

    public static TheoryData<string> All => [.. Rows];

    [Theory]
    [Trait("Scenario", "F01")]
    [Trait("Rfc", "4271-8.2.2")]
    [MemberData(nameof(All))]
    public void Event_InEachState_BringsAboutWhatTheRfcSays(string row)
    {
        string[] cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        FsmEvent input = (FsmEvent)byte.Parse(cells[0], System.Globalization.CultureInfo.InvariantCulture);
        string[] reactions = [.. Enum.GetValues<SessionState>().Select(state => Short(FsmTable.React(state, input)))];
        Assert.Equal(cells[1..], reactions);
    }

    [Fact]
    public void Rows_NameEveryEvent() =>
        Assert.Equal(
            Enum.GetValues<FsmEvent>().Select(input => (int)input),
            Rows.Select(row => int.Parse(row.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));

    private static string Short(FsmReaction reaction) => reaction switch
    {
        FsmReaction.Ignore => "-",
        FsmReaction.Start => "start",
        FsmReaction.StartAfterIdleHold => "later",
        FsmReaction.Refuse => "refuse",
        FsmReaction.Take => "take",
        FsmReaction.TakeSecond => "second",
        FsmReaction.Dial => "dial",
        FsmReaction.SendOpen => "open",
        FsmReaction.Confirm => "confirm",
        FsmReaction.Establish => "up",
        FsmReaction.RestartHoldTimer => "alive",
        FsmReaction.SendKeepalive => "keep",
        FsmReaction.Process => "use",
        FsmReaction.BackToActive => "active",
        FsmReaction.Stop => "stop",
        FsmReaction.StopWithCease => "cease2",
        FsmReaction.Release => "release",
        FsmReaction.Fail => "fail",
        FsmReaction.FailWithCease => "cease",
        FsmReaction.FailWithError => "error",
        FsmReaction.FailUnexpected => "fsm",
        FsmReaction.FailHoldTimer => "hold",
        FsmReaction.FailCollision => "dump",
        FsmReaction.FailSendHoldTimer => "stuck",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
