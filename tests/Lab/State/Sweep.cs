// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using LoadBalancer.Lab.Native;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.State;

/// <summary>Takes labs down: a lab's own at its end, and what dead owners left.</summary>
public static class Sweep
{
    private const int SignalKill = 9;

    /// <summary>Removes every lab whose owner is gone and that was not told to stay; returns their names.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellation = default)
    {
        var removed = new List<string>();
        foreach (var state in LabState.All())
        {
            if (state.Kept || !state.TryOwner(out var owner) || owner.IsAlive)
                continue;
            await RemoveAsync(state, cancellation);
            removed.Add(state.Id);
        }

        return removed;
    }

    /// <summary>
    /// Kills the lab's processes and deletes its namespaces and record. A process is the lab's when it is on record with
    /// the start time it still has, or when it lives in a namespace of the lab, which nobody else made.
    /// </summary>
    public static async Task RemoveAsync(LabState state, CancellationToken cancellation = default)
    {
        foreach (var process in state.Processes())
            process.Signal(SignalKill, group: true);
        var namespaces = state.Namespaces();
        // Twice: a process may have forked between the look and the kill.
        for (var round = 0; round < 2; round++)
        {
            foreach (var pid in Inhabitants(namespaces))
                _ = Libc.Kill(pid, SignalKill);
        }

        if (namespaces.Count > 0)
        {
            var batch = string.Concat(namespaces.Select(n => $"netns delete {n}\n"));
            // -force: a namespace that another sweep deleted meanwhile must not keep the rest.
            await Command.TryRunAsync("ip", ["-force", "-batch", "-"], batch, cancellation);
        }

        state.Forget();
    }

    private static List<int> Inhabitants(IReadOnlyList<string> namespaces)
    {
        var found = new List<int>();
        if (namespaces.Count == 0)
            return found;
        var inodes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in namespaces)
        {
            try
            {
                var space = new LabNamespace(name);
                space.Run(() => inodes.Add(new FileInfo("/proc/thread-self/ns/net").LinkTarget ?? ""));
            }
            catch (Win32Exception)
            {
                // Deleted by another sweep, or only half made when its owner died.
            }
        }

        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid) || pid == Environment.ProcessId)
                continue;
            try
            {
                if (new FileInfo(directory + "/ns/net").LinkTarget is { } target && inodes.Contains(target))
                    found.Add(pid);
            }
            catch (IOException)
            {
                // The process ended while we looked.
            }
        }

        return found;
    }
}
