// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Spectre.Console;

namespace LoadBalancer.Vipd.Control;

/// <summary>The <c>status</c> verb's view of the status document.</summary>
internal static class StatusTable
{
    public static void Write(StatusDocument document, IAnsiConsole console, DateTimeOffset now)
    {
        console.MarkupLineInterpolated($"Node {document.Node}, vipd {document.Version}: {document.Instances.Count(static i => i.State == "master")} of {document.Instances.Count} instances master here{(document.Maintenance ? ", [red]in maintenance[/]" : "")}");
        Table table = new Table().AddColumns("Instance", "State", "Since", "Master", "Addresses", "Priority", "Timers", "Last transition", "Peers");
        foreach (InstanceRow row in document.Instances)
        {
            table.AddRow(
                Markup.Escape($"{row.Name}\n{row.Interface} {row.Family} {row.VirtualRouterId}{(row.Group.Length > 0 ? $"\ngroup {row.Group}" : "")}"),
                Markup.Escape(row.State + (row.Held.Length > 0 ? $"\n{row.Held}" : "")),
                row.Since is { } since ? Age(now - since) : "",
                row.Master,
                Markup.Escape(string.Join("\n", row.Addresses.Count > 4 ? [.. row.Addresses.Take(3), $"and {row.Addresses.Count - 3} more"] : row.Addresses)),
                row.Priority == row.ConfiguredPriority ? $"{row.Priority}" : $"{row.Priority} (of {row.ConfiguredPriority})",
                string.Create(CultureInfo.InvariantCulture, $"{row.AdvertIntervalSeconds:0.###} s, down after {row.MasterDownIntervalSeconds:0.###} s"),
                Markup.Escape(row.LastTransition is { } last ? $"{last.From} -> {last.To}: {last.Reason}{(last.Peer.Length > 0 ? $" ({last.Peer})" : "")}" : ""),
                Markup.Escape(string.Join("\n", row.Peers.Select(Peer))));
        }

        console.Write(table);
        foreach (GroupRow group in document.Groups)
        {
            console.MarkupLineInterpolated($"Sync group {group.Name} is {group.State}: {string.Join(", ", group.Members)}");
        }

        foreach (TrackedRow tracked in document.Tracked.Where(static t => t.State != "Up"))
        {
            console.MarkupLineInterpolated($"[yellow]{tracked.Kind} {tracked.Name} is {tracked.State}[/] {tracked.Detail}");
        }

        foreach (string refused in document.Configuration.Refused)
        {
            console.MarkupLineInterpolated($"[red]not in force[/] {refused}");
        }
    }

    private static string Peer(PeerRow peer) => string.Create(
        CultureInfo.InvariantCulture,
        $"{peer.Address} priority {peer.Priority}, heard {peer.HeardSecondsAgo:0.0} s ago{(peer.Disagreements.Count > 0 ? ", " + string.Join(", ", peer.Disagreements) : ", agrees")}");

    private static string Age(TimeSpan age) => age < TimeSpan.FromMinutes(2) ? $"{age.TotalSeconds:0} s"
        : age < TimeSpan.FromHours(2) ? $"{age.TotalMinutes:0} min"
        : age < TimeSpan.FromDays(2) ? $"{age.TotalHours:0} h"
        : $"{age.TotalDays:0} d";
}
