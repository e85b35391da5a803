// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Judging;

/// <summary>Rules that hold for a whole configuration, whichever door it came through; all that is broken is reported, not only the first.</summary>
internal static class Validation
{
    public static void Judge(VipConfiguration configuration, ProblemList problems)
    {
        Judge root = new(problems, "");
        JudgeGlobal(configuration, new(problems, "global"));
        HashSet<string> grouped = GroupsWithoutWeights(configuration);
        foreach (VipInstance instance in configuration.Instances)
        {
            Judge judge = new(problems, $"instances.{instance.Name}");
            InstanceRules.Judge(instance, judge);
            TrackRules.References(instance.Track, configuration, judge, instance.Priority == 255, grouped.Contains(instance.Name));
            HookRules.Judge(instance.Notify, judge);
        }

        InstanceClashes.Judge(configuration, problems);
        SyncGroupRules.Judge(configuration, problems);
        TrackRules.Objects(configuration, problems);
        ServerRules.Judge(configuration, problems);
        for (int i = 0; i < configuration.StaticAddresses.Count; i++)
            AddressRules.Judge(configuration.StaticAddresses[i], root.At("staticAddresses", i), needsDevice: true);
        AddressRules.Routes(configuration.StaticRoutes, "staticRoutes", root);
        AddressRules.Rules(configuration.StaticRules, "staticRules", root);
        HookRules.Judge(configuration.Notify, root);
    }

    private static HashSet<string> GroupsWithoutWeights(VipConfiguration configuration)
    {
        HashSet<string> members = new(StringComparer.Ordinal);
        foreach (SyncGroup group in configuration.SyncGroups)
            if (!group.TrackingWeights)
                foreach (string member in group.Members)
                    members.Add(member);
        return members;
    }

    private static void JudgeGlobal(VipConfiguration configuration, Judge judge)
    {
        GlobalSettings global = configuration.Global;
        judge.RefuseIf(global.MulticastGroup4 is { } four && !(four.IsIPv4 && four.IsMulticast), "multicastGroup4",
            $"is {global.MulticastGroup4}, which is no IPv4 group: use 224.0.0.18 or remove it");
        judge.RefuseIf(global.MulticastGroup6 is { } six && !(six.IsIPv6 && six.IsMulticast), "multicastGroup6",
            $"is {global.MulticastGroup6}, which is no IPv6 group: use ff02::12 or remove it");
        for (int i = 0; i < global.InterfaceDelays.Count; i++)
        {
            InterfaceDelay delay = global.InterfaceDelays[i];
            Judge place = judge.At("interfaceDelays", i);
            place.RefuseIf(delay.Interface.Length == 0, "interface", "is missing: name the interface the delays are for");
            place.Interface(delay.Interface, "interface");
            foreach (VipInstance instance in configuration.Instances)
                if (instance.Interface == delay.Interface && delay.Down >= instance.AdvertInterval * (instance.DeadAfter - 1))
                    place.Warn("down", $"is {DurationText.Write(delay.Down)}, and instance {instance.Name} would become master of a dead link before it is noticed: "
                        + $"stay below {DurationText.Write(instance.AdvertInterval * (instance.DeadAfter - 1))}");
        }
    }
}
