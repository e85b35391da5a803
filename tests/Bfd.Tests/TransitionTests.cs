// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd.Tests;

/// <summary>The table of states and what moves them (RFC 5880 6.2, 6.8.6, 6.8.16), through the machine and not only its table.</summary>
public sealed class TransitionTests
{
    private const BfdState A = BfdState.AdminDown;
    private const BfdState D = BfdState.Down;
    private const BfdState I = BfdState.Init;
    private const BfdState U = BfdState.Up;

    // Rows: cause; columns: from AdminDown, Down, Init, Up.
    private static readonly (BfdCause Cause, BfdState[] To)[] Table =
    [
        (BfdCause.PeerAdminDown, [A, D, D, D]),
        (BfdCause.PeerDown, [A, I, I, D]),
        (BfdCause.PeerInit, [A, U, U, U]),
        (BfdCause.PeerUp, [A, D, U, U]),
        (BfdCause.DetectionTimeExpired, [A, D, D, D]),
        (BfdCause.PathDown, [A, D, D, D]),
        (BfdCause.Disabled, [A, A, A, A]),
        (BfdCause.Enabled, [D, D, I, U]),
    ];

    public static TheoryData<BfdState, BfdCause, BfdState> Cells()
    {
        TheoryData<BfdState, BfdCause, BfdState> cells = [];
        foreach ((BfdCause cause, BfdState[] to) in Table)
        {
            foreach (BfdState from in Enum.GetValues<BfdState>())
            {
                cells.Add(from, cause, to[(int)from]);
            }
        }

        return cells;
    }

    [Theory]
    [Trait("Scenario", "B03")]
    [Trait("Scenario", "B21")]
    [Trait("Rfc", "5880-6.8.6")]
    [MemberData(nameof(Cells))]
    public void Session_CauseInState_MovesAsTheTableSays(BfdState from, BfdCause cause, BfdState to)
    {
        Bench bench = Apply(new Bench().In(from), cause);
        Assert.Equal(to, bench.Session.State);
        BfdTransition? expected = from == to ? null : new BfdTransition(from, to, cause);
        Assert.Equal(expected, bench.Transition);
        bool ofThePath = cause is BfdCause.PeerDown or BfdCause.DetectionTimeExpired or BfdCause.PathDown;
        Assert.Equal(from == U && ofThePath, expected?.IsFailure ?? false);
    }

    [Fact]
    public void Table_EveryCauseIsInIt() => Assert.Equal(Enum.GetValues<BfdCause>(), Array.ConvertAll(Table, row => row.Cause));

    [Theory]
    [Trait("Scenario", "B03")]
    [Trait("Scenario", "B21")]
    [Trait("Scenario", "B30")]
    [Trait("Rfc", "5880-6.8.1")]
    [InlineData(BfdCause.PeerAdminDown, BfdDiagnostic.NeighborSignaledDown)]
    [InlineData(BfdCause.PeerDown, BfdDiagnostic.NeighborSignaledDown)]
    [InlineData(BfdCause.DetectionTimeExpired, BfdDiagnostic.DetectionTimeExpired)]
    [InlineData(BfdCause.PathDown, BfdDiagnostic.PathDown)]
    [InlineData(BfdCause.Disabled, BfdDiagnostic.AdministrativelyDown)]
    public void Session_LeavesUp_SaysWhyAtOnce(BfdCause cause, BfdDiagnostic diagnostic)
    {
        Bench bench = Apply(new Bench().Settled(), cause);
        Assert.Equal(diagnostic, bench.Session.Diagnostic);
        Assert.Equal((bench.Session.State, diagnostic), (bench.Sent!.Value.State, bench.Sent.Value.Diagnostic));
    }

    [Fact]
    public void Session_ComesUpAgain_KeepsItsDiagnosticUntilThen()
    {
        Bench bench = Apply(new Bench().Settled(), BfdCause.DetectionTimeExpired);
        _ = bench.Receive(bench.From(D));
        Assert.Equal(BfdDiagnostic.DetectionTimeExpired, bench.Session.Diagnostic);
        _ = bench.Receive(bench.From(I));
        Assert.Equal((U, BfdDiagnostic.None), (bench.Session.State, bench.Session.Diagnostic));
    }

    [Fact]
    [Trait("Rfc", "5880-6.8.16")]
    public void Session_DisabledWithAReason_SaysIt()
    {
        Bench bench = new Bench().Settled().Step(BfdEvent.Disable(BfdDiagnostic.ConcatenatedPathDown));
        Assert.Equal((A, BfdDiagnostic.ConcatenatedPathDown), (bench.Sent!.Value.State, bench.Sent.Value.Diagnostic));
    }

    [Fact]
    [Trait("Rfc", "5880-6.8.1")]
    public void Session_PeerSilentForDetectionTime_ForgetsItInEveryState()
    {
        foreach (BfdState state in new[] { D, I, U })
        {
            Bench bench = new Bench().In(state);
            _ = bench.Receive(bench.From(state == D ? U : state));
            Assert.Equal(Bench.Remote, bench.Session.RemoteDiscriminator);
            bench = Apply(bench, BfdCause.DetectionTimeExpired);
            Assert.Equal((0u, D), (bench.Session.RemoteDiscriminator, bench.Session.RemoteState));
            Assert.Equal(TimeSpan.Zero, bench.Session.DetectionTime);
        }
    }

    private static Bench Apply(Bench bench, BfdCause cause) => cause switch
    {
        BfdCause.PeerAdminDown => bench.Receive(bench.From(A)),
        BfdCause.PeerDown => bench.Receive(bench.From(D)),
        BfdCause.PeerInit => bench.Receive(bench.From(I)),
        BfdCause.PeerUp => bench.Receive(bench.From(U)),
        BfdCause.DetectionTimeExpired => bench.Tick(bench.Session.DetectionTime + TimeSpan.FromSeconds(1)),
        BfdCause.PathDown => bench.Step(BfdEvent.PathDown),
        BfdCause.Disabled => bench.Step(BfdEvent.Disable()),
        BfdCause.Enabled => bench.Enable(),
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };
}
