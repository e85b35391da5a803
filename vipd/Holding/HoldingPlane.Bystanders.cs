// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;

namespace LoadBalancer.Vipd.Holding;

/// <content>Other interfaces on the segment of an address, which are not to answer for it.</content>
internal sealed partial class HoldingPlane
{
    private readonly HashSet<int> _silenced = [];

    // Long before the address is held, so that no takeover waits for it. The static part is the host's own, as its other addresses are.
    private void SilenceBystanders(Holding holding)
    {
        if (holding.Plan.Name == Static)
        {
            return;
        }

        foreach (LinkInfo link in Bystanders.Of(_table, holding.Plan, IsOurs, _silenced).ToArray())
        {
            if (_silenced.Add(link.Index))
            {
                Silence(link, holding);
            }
        }
    }

    private void Silence(LinkInfo link, Holding holding)
    {
        // arp_ignore 1 and 2 answer for addresses of the interface alone, 8 never, 3 for those of others; arp_announce 2 names none of others.
        bool changed = Want(link.Index, InterfaceSetting.ArpIgnore, 1, static v => v is 1 or 2 or 8);
        changed |= Want(link.Index, InterfaceSetting.ArpAnnounce, 2, static v => v == 2);
        if (changed)
        {
            Log.Silenced(_logger, link.Name, holding.Plan.Name);
        }
    }

    private bool Want(int index, InterfaceSetting setting, int value, Func<int, bool> serves)
    {
        try
        {
            if (_settings.Read(index, setting) is not { } own || serves(Math.Max(own, InterfaceSettings.OfAll(setting) ?? 0)))
            {
                return false;
            }

            ChangeOutcome outcome = _settings.Set(index, setting, value);
            TellOutweighed(outcome.Holds ? InterfaceSettings.Outweighed(setting, value) : outcome.Fault!.Message);
            return outcome.Status == ChangeStatus.Done;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The address is held all the same.
            TellOutweighed(fault.Message);
            return false;
        }
    }

    private void TellOutweighed(string? why)
    {
        if (why is not null && _told.Add(("", why)))
        {
            Log.Outweighed(_logger, why);
        }
    }
}
