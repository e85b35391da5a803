// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Membership;
using LoadBalancer.Placement;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Layer2;

internal sealed partial class Layer2Plane
{
    // A node that only restarts is back well before; nothing on the wire depends on this.
    private static readonly TimeSpan LostPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LostMemory = TimeSpan.FromMinutes(10);

    // Once peers are heard again the election takes a moment to say who goes on.
    private static readonly TimeSpan DoubtAfterContact = TimeSpan.FromSeconds(1);

    private readonly string _node;
    private readonly Dictionary<string, (HashSet<IpAddr> Addresses, MonoTime Until)> _doubts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Interface, MonoTime Since)> _lost = new(StringComparer.Ordinal);

    // Called before what the same tick takes over is entered: what is taken over after the peers fell silent is in no doubt.
    private void NoteMember(in MemberEvent item, MonoTime now)
    {
        switch (item.Kind)
        {
            case MemberEventKind.Joined:
            case MemberEventKind.Restarted:
                _lost.Remove(item.Node);
                if (_doubts.TryGetValue(item.Interface, out var doubt))
                {
                    _doubts[item.Interface] = doubt with { Until = MonoTime.Min(doubt.Until, now + DoubtAfterContact) };
                }

                break;
            case MemberEventKind.TimedOut:
            case MemberEventKind.OneWay:
                _lost[item.Node] = (item.Interface, now);
                if (_election.Segments.TryGetValue(item.Interface, out SegmentElection? segment) && segment.Membership.Alive.Count == 0)
                {
                    string name = item.Interface;
                    _doubts[name] = ([.. _announced.Where(a => a.Value.Contains(name)).Select(a => a.Key)], MonoTime.Never);
                }

                break;
            case MemberEventKind.Leaving:
            case MemberEventKind.Forgotten:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // Either all peers died or this node was cut off: nobody here can tell, and on the wire it makes no difference.
    private HashSet<IpAddr> Doubtful(MonoTime now)
    {
        HashSet<IpAddr> doubtful = [];
        foreach ((string name, var doubt) in _doubts)
        {
            if (doubt.Until <= now || !_interfaces.ContainsKey(name))
            {
                _doubts.Remove(name);
                continue;
            }

            doubtful.UnionWith(doubt.Addresses.Where(a => _announced.TryGetValue(a, out SortedSet<string>? on) && on.Count == 1 && on.Contains(name)));
        }

        return doubtful;
    }

    // Only a node that still hears somebody may say of another that it is gone; of those that do, the first by name.
    private HashSet<string> Lost(MonoTime now)
    {
        HashSet<string> lost = new(StringComparer.Ordinal);
        foreach ((string node, (string name, MonoTime since)) in _lost)
        {
            if (now >= since + LostMemory)
            {
                _lost.Remove(node);
            }
            else if (now >= since + LostPatience && _election.Segments.TryGetValue(name, out SegmentElection? segment)
                && segment.Membership.Alive.Keys.Min(StringComparer.Ordinal) is { } first && string.CompareOrdinal(_node, first) < 0
                && !_election.Segments.Values.Any(s => s.Membership.Alive.ContainsKey(node)))
            {
                lost.Add(node);
            }
        }

        return lost;
    }
}
