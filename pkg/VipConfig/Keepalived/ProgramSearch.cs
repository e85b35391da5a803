// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>Keepalived looks for a program that is named without its path ("killall -0 haproxy"), and so does this, where the path is known.</summary>
internal sealed class ProgramSearch(Func<string, string?> find, ProblemList problems)
{
    public VipConfiguration Complete(VipConfiguration whole) => whole with
    {
        Scripts = Each(whole.Scripts, s => s with { Command = Complete(s.Command, $"scripts.{s.Name}.command") }),
        Instances = Each(whole.Instances, i => i with { Notify = Hooks(i.Notify, $"instances.{i.Name}") }),
        SyncGroups = Each(whole.SyncGroups, g => g with { Notify = Hooks(g.Notify, $"syncGroups.{g.Name}") }),
        VirtualServers = Each(whole.VirtualServers, Complete),
    };

    private VirtualServer Complete(VirtualServer service)
    {
        string path = $"virtualServers.{service.Name}";
        return service with
        {
            QuorumUp = Complete(service.QuorumUp, $"{path}.quorumUp"),
            QuorumDown = Complete(service.QuorumDown, $"{path}.quorumDown"),
            Servers = Each(service.Servers, (s, i) => s with
            {
                NotifyUp = Complete(s.NotifyUp, $"{path}.servers[{i}].notifyUp"),
                NotifyDown = Complete(s.NotifyDown, $"{path}.servers[{i}].notifyDown"),
                Checks = Each(s.Checks, (c, j) => c with { Command = Complete(c.Command, $"{path}.servers[{i}].checks[{j}].command") }),
            }),
        };
    }

    private ValueList<NotifyHook> Hooks(ValueList<NotifyHook> hooks, string path) =>
        Each(hooks, (h, i) => h with { Command = Complete(h.Command, $"{path}.notify[{i}].command") });

    private ValueList<string> Complete(ValueList<string> command, string path)
    {
        if (command.Count == 0 || command[0].Contains('/', StringComparison.Ordinal) || find(command[0]) is not { } program)
            return command;
        problems.Add(ProblemKind.Warning, path, $"{path} begins with \"{command[0]}\": {program} is run, as keepalived's search finds it; write the whole path");
        string[] words = [.. command];
        words[0] = program;
        return ValueList.Create<string>(words);
    }

    private static ValueList<T> Each<T>(ValueList<T> items, Func<T, T> change) => Each(items, (item, _) => change(item));

    private static ValueList<T> Each<T>(ValueList<T> items, Func<T, int, T> change)
    {
        T[] changed = [.. items];
        for (int i = 0; i < changed.Length; i++)
            changed[i] = change(changed[i], i);
        return ValueList.Create<T>(changed);
    }
}
