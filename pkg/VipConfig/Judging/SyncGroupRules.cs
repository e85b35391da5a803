// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Judging;

/// <summary>What must hold for sync groups.</summary>
internal static class SyncGroupRules
{
    public static void Judge(VipConfiguration configuration, ProblemList problems)
    {
        Dictionary<string, VipInstance> instances = new(StringComparer.Ordinal);
        foreach (VipInstance instance in configuration.Instances)
            instances[instance.Name] = instance;
        Dictionary<string, string> taken = new(StringComparer.Ordinal);
        foreach (SyncGroup group in configuration.SyncGroups)
        {
            Judge judge = new(problems, $"syncGroups.{group.Name}");
            judge.RefuseIf(group.Members.Count == 0, "members", "is empty: list the instances that move together");
            judge.WarnIf(group.Members.Count == 1, "members", "has one member, which moves alone anyway: add the others or remove the group");
            bool owner = false;
            VipInstance? first = null;
            for (int i = 0; i < group.Members.Count; i++)
            {
                string member = group.Members[i];
                Judge place = judge.At("members", i);
                if (!instances.TryGetValue(member, out VipInstance? instance))
                {
                    place.Refuse("", $"is \"{member}\", and there is no such instance{NearestWord.Hint(member, instances.Keys)}: correct or remove it");
                    continue;
                }

                if (!taken.TryAdd(member, group.Name))
                    place.Refuse("", taken[member] == group.Name
                        ? $"is \"{member}\", which is there twice: remove one"
                        : $"is \"{member}\", which is in sync group {taken[member]} already: an instance is in one group");
                owner |= instance.Priority == 255;
                if (first is not null && first.Priority != instance.Priority)
                    place.Warn("", $"is \"{member}\" with priority {instance.Priority}, and {first.Name} has {first.Priority}: give all members of a group the same, or elections go back and forth");
                if (first is not null && first.Preempt != instance.Preempt)
                    place.Warn("", $"is \"{member}\", which {(instance.Preempt ? "preempts" : "does not preempt")} unlike {first.Name}: set preempt alike in a group");
                first ??= instance;
            }

            TrackRules.References(group.Track, configuration, judge, owner, weightless: false);
            HookRules.Judge(group.Notify, judge);
        }
    }
}
