// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp.Tests;

/// <summary>Every cell of the table, against the rows of RFC 9568 6.4 written down a second time.</summary>
[Trait("Rfc", "9568-6.4")]
public sealed class TableTests
{
    private static readonly Dictionary<VrrpState, string> Rows = new()
    {
        [VrrpState.Initialize] = "StartAsBackup:EnterBackup StartAsOwner:EnterMaster StartAsMaster:EnterMaster",
        [VrrpState.Backup] = "Hold:Leave MasterDown:EnterMaster MasterDownInGroup:AwaitGroup BackupOverslept:ListenAgain "
            + "Farewell:AwaitSkew Superior:Follow Equal:Follow InferiorTolerated:Follow Claim:EnterMaster Promote:EnterMaster",
        [VrrpState.Master] = "Hold:Resign AdvertisementDue:Advertise MasterOverslept:Fence Farewell:Assert Superior:GiveWay "
            + "Equal:Assert InferiorTolerated:Assert Inferior:Assert YieldAnswered:GiveWay Yield:StepAside Claim:Assert Demote:StepAside",
    };

    [Fact]
    public void EveryCell_IsAsTheRfcHasIt()
    {
        foreach (VrrpState state in Enum.GetValues<VrrpState>())
        {
            Dictionary<string, string> row = Rows[state].Split(' ').Select(cell => cell.Split(':')).ToDictionary(cell => cell[0], cell => cell[1]);
            foreach (VrrpInput input in Enum.GetValues<VrrpInput>())
            {
                string expected = row.GetValueOrDefault(input.ToString(), nameof(VrrpReaction.Ignore));
                Assert.Equal($"{state} {input}: {expected}", $"{state} {input}: {VrrpTable.React(state, input)}");
            }
        }
    }

    [Fact]
    public void EveryReaction_IsReached()
    {
        HashSet<VrrpReaction> reached = [];
        foreach (VrrpState state in Enum.GetValues<VrrpState>())
        {
            reached.UnionWith(Enum.GetValues<VrrpInput>().Select(input => VrrpTable.React(state, input)));
        }

        Assert.Equal(Enum.GetValues<VrrpReaction>().Length, reached.Count);
    }
}
