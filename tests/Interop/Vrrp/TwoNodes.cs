// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>
/// Two masters of some virtual routers each, of which one ends and returns: who advertises then, frame by frame from before it ends
/// until it is at rest again, and how often ours has become master.
/// </summary>
/// <param name="scene">Where they run.</param>
/// <param name="ours">The one of both that is vipd.</param>
/// <param name="ended">The one that ends.</param>
/// <param name="left">The other.</param>
/// <param name="ending">How it ends.</param>
/// <param name="moving">Of which the one that ends is master.</param>
/// <param name="staying">Of which the other is.</param>
internal sealed class TwoNodes(
    VrrpScene scene, VipdNode ours, IVipNode ended, IVipNode left, Ending ending, IReadOnlyList<VirtualRouter> moving, IReadOnlyList<VirtualRouter> staying)
{
    private int _endedAt;
    private IReadOnlyDictionary<VirtualRouter, int> _became = new Dictionary<VirtualRouter, int>();

    /// <summary>Where the tape was before.</summary>
    public int From { get; private set; }

    private IReadOnlyList<VirtualRouter> All => [.. moving, .. staying];

    /// <summary>One handover of each that moves, none of those that stay.</summary>
    public async Task EndAsync()
    {
        From = scene.Tape.Position;
        _became = await VrrpScene.BecameMasterAsync(ours, All);
        await scene.AssertAtRestAsync(r => moving.Contains(r) ? ended : left, All);
        await scene.EndAsync(ended, ending);
        _endedAt = scene.Tape.Position;
        await VrrpScene.WaitForMasterAsync(left, All);
        // Who is cut off hears nobody, and is master of all beside the other.
        if (ending == Ending.Cut)
            await VrrpScene.WaitForMasterAsync(ended, All);
        AssertMoved();
        foreach (VirtualRouter router in moving)
            AssertInTime(router);
        if (left == ours)
        {
            await VrrpScene.AssertBecameMasterAsync(ours, _became, 1, moving);
            await VrrpScene.AssertBecameMasterAsync(ours, _became, 0, staying);
        }
        else if (ending == Ending.Cut)
        {
            await VrrpScene.AssertBecameMasterAsync(ours, _became, 0, moving);
            await VrrpScene.AssertBecameMasterAsync(ours, _became, 1, staying);
        }
    }

    /// <summary>One handover back, and none of those that stayed; of two masters the worse gives way as soon as it hears the better.</summary>
    public async Task ReturnAsync()
    {
        int from = scene.Tape.Position;
        bool isNew = ended == ours && ending != Ending.Cut;
        _became = isNew ? new Dictionary<VirtualRouter, int>() : await VrrpScene.BecameMasterAsync(ours, All);
        AssertMoved();
        await scene.ReturnAsync(ended, ending);
        int healed = scene.Tape.Position;
        await scene.WaitForMastersAsync(r => moving.Contains(r) ? ended : left, All);
        await scene.AssertAtRestAsync(r => moving.Contains(r) ? ended : left, All);
        if (ending == Ending.Cut)
        {
            scene.AssertYielded(healed, ended.Host, left.Host, moving);
            scene.AssertYielded(healed, left.Host, ended.Host, staying);
        }
        else
        {
            scene.AssertVoices(from, [left.Host, ended.Host], moving);
            scene.AssertVoices(from, [left.Host], staying);
        }

        await VrrpScene.AssertBecameMasterAsync(ours, _became, isNew ? 1 : 0, moving);
        await VrrpScene.AssertBecameMasterAsync(ours, _became, 0, staying);
    }

    // By the wire: silence is waited for three intervals and the skew, a farewell for the skew alone (RFC 3768 6.1, RFC 9568 6.1).
    private void AssertInTime(VirtualRouter router)
    {
        IReadOnlyList<AdvertFrame> adverts = scene.Tape.Adverts(router.Id, router.IsIPv6, From);
        AdvertFrame first = adverts.First(a => a.Host == left.Host.Name && a.Priority > 0);
        AdvertFrame last = adverts.Last(a => a.Number < first.Number && a.Host == ended.Host.Name && a.Priority > 0);
        double silence = (first.At - last.At).TotalMilliseconds;
        Assert.True(ending != Ending.Killed || silence >= 3 * router.Interval, $"{router}: {left.Host} took over {silence} ms after the last advertisement");
        if (ending != Ending.Terminated)
            return;
        AdvertFrame farewell = adverts.First(a => a.Host == ended.Host.Name && a.Priority == 0);
        double patience = (first.At - farewell.At).TotalMilliseconds;
        Assert.True(farewell.Number > last.Number, $"{router}: {ended.Host} advertised after its farewell");
        Assert.True(patience > 0 && patience < 3 * router.Interval, $"{router}: {left.Host} took over {patience} ms after the farewell");
    }

    private void AssertMoved()
    {
        (LabHost Host, int At)? cut = ending == Ending.Cut ? (ended.Host, _endedAt) : null;
        scene.AssertVoices(From, [ended.Host, left.Host], moving, cut);
        scene.AssertVoices(From, [left.Host], staying, cut);
    }
}
