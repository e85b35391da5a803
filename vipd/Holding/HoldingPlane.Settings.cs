// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Holding;

/// <content>Settings of the host's interfaces that nothing needs any more go back to what they were, those of an earlier process too.</content>
internal sealed partial class HoldingPlane
{
    // A configuration comes in several orders, and what one ends the next may ask for.
    private static readonly TimeSpan ReleaseAfter = TimeSpan.FromSeconds(1);

    private MonoTime _releaseAt;

    private void RestoreSettings(Func<ChangedSetting, bool> which)
    {
        try
        {
            int restored = _settings.Restore(which);
            if (restored > 0)
            {
                Log.SettingsPutBack(_logger, restored);
            }
        }
        catch (IOException fault)
        {
            // They stay in the file, and the next process puts them back.
            Log.SettingsNotPutBack(_logger, fault.Message);
        }
    }

    private void ReleaseSettings()
    {
        _releaseAt = MonoTime.Never;
        HashSet<(int, InterfaceSetting)> wanted = [];
        HashSet<int> bystanders = [];
        foreach (HoldingPlan plan in _holdings.Values.Select(static h => h.Plan))
        {
            if (plan.Name != Static)
            {
                bystanders.UnionWith(Bystanders.Of(_table, plan, IsOurs, new HashSet<int>()).Select(static l => l.Index));
            }

            foreach (PlannedMacvlan planned in plan.Macvlans)
            {
                Want(planned.Lower, InterfaceSetting.ArpIgnore, InterfaceSetting.ArpAnnounce);
            }

            foreach (string device in plan.PromoteSecondaries ? plan.Addresses.Select(static a => a.Device) : [])
            {
                Want(device, InterfaceSetting.PromoteSecondaries);
            }
        }

        wanted.UnionWith(bystanders.SelectMany(static i => ((int, InterfaceSetting)[])[(i, InterfaceSetting.ArpIgnore), (i, InterfaceSetting.ArpAnnounce)]));
        _silenced.IntersectWith(bystanders);
        RestoreSettings(c => !wanted.Contains((c.InterfaceIndex, c.Setting)));

        void Want(string device, params ReadOnlySpan<InterfaceSetting> settings)
        {
            if (_indices.TryGetValue(device, out int index))
            {
                foreach (InterfaceSetting setting in settings)
                {
                    wanted.Add((index, setting));
                }
            }
        }
    }
}
