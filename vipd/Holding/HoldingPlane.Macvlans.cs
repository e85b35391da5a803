// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;

namespace LoadBalancer.Vipd.Holding;

/// <content>Macvlan devices that carry virtual hardware addresses, and the settings interfaces need beside each other.</content>
internal sealed partial class HoldingPlane
{
    private void MakeMacvlans(Holding holding)
    {
        foreach (PlannedMacvlan planned in holding.Plan.Macvlans)
        {
            if (!_indices.TryGetValue(planned.Lower, out int lower))
            {
                continue;
            }

            if (_indices.TryGetValue(planned.Name, out int there) && LinkOf(there) is { IsUp: true } link && link.LowerIndex == lower && link.Mac == planned.Mac && link.Alias == MacvlanAlias)
            {
                continue;
            }

            // A device that were private would swallow what other nodes send from the same hardware address: the interface below
            // must hear the master's advertisements.
            MacvlanSpec spec = new() { Name = planned.Name, LowerIndex = lower, Mac = planned.Mac, Mode = MacvlanMode.Bridge, Alias = MacvlanAlias };
            ChangeOutcome outcome = _network.Add((ReadOnlySpan<MacvlanSpec>)[spec])[0];
            if (!outcome.Holds)
            {
                Fault(holding, outcome.Fault!.Message);
                continue;
            }

            if (_network.ListLinks().FirstOrDefault(l => l.Name == planned.Name) is not { } made)
            {
                continue;
            }

            if (outcome.Status == ChangeStatus.Done || !made.IsUp)
            {
                SetUp(holding, made.Index, lower);
            }
        }
    }

    // The interface below must not answer for addresses above it, nor the device for those below (RFC 9568 8.1.2); and neither
    // may ask in the name of the other's, since who is asked notes down the hardware address.
    private void SetUp(Holding holding, int device, int lower)
    {
        foreach ((int index, InterfaceSetting setting, int value) in ((int, InterfaceSetting, int)[])
            [
                (lower, InterfaceSetting.ArpIgnore, 1),
                (lower, InterfaceSetting.ArpAnnounce, 2),
                (device, InterfaceSetting.ArpIgnore, 1),
                (device, InterfaceSetting.ArpAnnounce, 2),
                (device, InterfaceSetting.AcceptLocal, 1),
                (device, InterfaceSetting.ReversePathFilter, 0),
            ])
        {
            Set(holding, index, setting, value, isOurs: index == device);
        }

        if (_network.SetUp([device], up: true)[0] is { Holds: false } refused)
        {
            Fault(holding, refused.Fault!.Message);
        }
    }

    private void Set(Holding holding, int index, InterfaceSetting setting, int value, bool isOurs = false)
    {
        ChangeOutcome outcome = _settings.Set(index, setting, value, isOurs);
        if (!outcome.Holds)
        {
            Fault(holding, outcome.Fault!.Message);
        }
        else
        {
            TellOutweighed(InterfaceSettings.Outweighed(setting, value));
        }
    }

    private void PrepareInterfaces(Holding holding)
    {
        if (!holding.Plan.PromoteSecondaries)
        {
            return;
        }

        foreach (string device in holding.Plan.Addresses.Select(static a => a.Device).Distinct())
        {
            if (_indices.TryGetValue(device, out int index))
            {
                Set(holding, index, InterfaceSetting.PromoteSecondaries, 1);
            }
        }
    }

    private void DropMacvlans(HoldingPlan plan)
    {
        foreach (PlannedMacvlan planned in plan.Macvlans)
        {
            bool used = _holdings.Values.Any(h => h.Plan.Macvlans.Any(m => m.Name == planned.Name));
            if (!used && _indices.TryGetValue(planned.Name, out int index))
            {
                _network.DeleteLinks([index]);
            }
        }
    }
}
