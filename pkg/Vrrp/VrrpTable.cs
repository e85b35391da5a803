// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.Vrrp;

/// <summary>
/// RFC 9568 6.4 (RFC 3768 6.4 differs in reckoning only), whole: every state, every input. Beyond the RFC are sync groups,
/// an operator's Yield and Claim, and the two inputs for a process that was not scheduled.
/// </summary>
internal static class VrrpTable
{
    public static VrrpReaction React(VrrpState state, VrrpInput input) => state switch
    {
        VrrpState.Initialize => InInitialize(input),
        VrrpState.Backup => InBackup(input),
        VrrpState.Master => InMaster(input),
        _ => throw new UnreachableException(),
    };

    private static VrrpReaction InInitialize(VrrpInput input) => input switch
    {
        VrrpInput.StartAsBackup => VrrpReaction.EnterBackup,
        VrrpInput.StartAsOwner or VrrpInput.StartAsMaster => VrrpReaction.EnterMaster,
        VrrpInput.Hold or VrrpInput.MasterDown or VrrpInput.MasterDownInGroup or VrrpInput.BackupOverslept
            or VrrpInput.AdvertisementDue or VrrpInput.MasterOverslept or VrrpInput.Farewell or VrrpInput.Superior
            or VrrpInput.Equal or VrrpInput.InferiorTolerated or VrrpInput.Inferior or VrrpInput.YieldAnswered
            or VrrpInput.Yield or VrrpInput.Claim or VrrpInput.Promote or VrrpInput.Demote => VrrpReaction.Ignore,
        _ => throw new UnreachableException(),
    };

    private static VrrpReaction InBackup(VrrpInput input) => input switch
    {
        VrrpInput.Hold => VrrpReaction.Leave,
        VrrpInput.MasterDown or VrrpInput.Promote or VrrpInput.Claim => VrrpReaction.EnterMaster,
        VrrpInput.MasterDownInGroup => VrrpReaction.AwaitGroup,
        VrrpInput.BackupOverslept => VrrpReaction.ListenAgain,
        VrrpInput.Farewell => VrrpReaction.AwaitSkew,
        VrrpInput.Superior or VrrpInput.Equal or VrrpInput.InferiorTolerated => VrrpReaction.Follow,
        VrrpInput.StartAsBackup or VrrpInput.StartAsOwner or VrrpInput.StartAsMaster or VrrpInput.AdvertisementDue
            or VrrpInput.MasterOverslept or VrrpInput.Inferior or VrrpInput.YieldAnswered or VrrpInput.Yield
            or VrrpInput.Demote => VrrpReaction.Ignore,
        _ => throw new UnreachableException(),
    };

    private static VrrpReaction InMaster(VrrpInput input) => input switch
    {
        VrrpInput.Hold => VrrpReaction.Resign,
        VrrpInput.AdvertisementDue => VrrpReaction.Advertise,
        VrrpInput.MasterOverslept => VrrpReaction.Fence,
        VrrpInput.Superior or VrrpInput.YieldAnswered => VrrpReaction.GiveWay,
        VrrpInput.Farewell or VrrpInput.Equal or VrrpInput.InferiorTolerated or VrrpInput.Inferior or VrrpInput.Claim
            => VrrpReaction.Assert,
        VrrpInput.Yield or VrrpInput.Demote => VrrpReaction.StepAside,
        VrrpInput.StartAsBackup or VrrpInput.StartAsOwner or VrrpInput.StartAsMaster or VrrpInput.MasterDown
            or VrrpInput.MasterDownInGroup or VrrpInput.BackupOverslept or VrrpInput.Promote => VrrpReaction.Ignore,
        _ => throw new UnreachableException(),
    };
}
