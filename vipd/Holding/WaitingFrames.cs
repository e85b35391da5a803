// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Layer2;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Holding;

/// <summary>A frame that waits, and for whom.</summary>
internal readonly record struct WaitingFrame(Holding Holding, GratuitousFrame Frame);

/// <summary>
/// Announcements that wait for one interface, in the order that serves clients: every address once before any address
/// again, whoever holds it, so that with many addresses the last is not reached later by all the repeats of the others.
/// </summary>
internal sealed class WaitingFrames
{
    // First form of each address, second form, the repeats, refreshes.
    private readonly Queue<WaitingFrame>[] _lanes = [new(), new(), new(), new()];

    public bool IsEmpty => _lanes.All(static l => l.Count == 0);

    /// <summary>Queues an address of a holding this many times, in all its forms.</summary>
    public void Add(Holding holding, IpAddr address, InterfaceFacts link, int repeat, bool refresh)
    {
        ReadOnlySpan<GratuitousForm> forms = address.IsIPv4 ? [GratuitousForm.ArpRequest, GratuitousForm.ArpReply] : [GratuitousForm.NeighborAdvertisement];
        for (int round = 0; round < repeat; round++)
        {
            for (int form = 0; form < forms.Length; form++)
            {
                int lane = refresh ? 3 : round > 0 ? 2 : form;
                _lanes[lane].Enqueue(new(holding, new GratuitousFrame(forms[form], address, link)));
                holding.FramesWaiting++;
            }
        }
    }

    public bool TryTake(out WaitingFrame frame)
    {
        foreach (Queue<WaitingFrame> lane in _lanes)
        {
            if (lane.TryDequeue(out frame))
            {
                return true;
            }
        }

        frame = default;
        return false;
    }
}
