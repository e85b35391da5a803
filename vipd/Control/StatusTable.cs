// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Spectre.Console;

namespace LoadBalancer.Vipd.Control;

/// <summary>The <c>status</c> verb's view of the status document.</summary>
internal static class StatusTable
{
    private const int MostAddresses = 4;

    public static void Write(StatusDocument document, IAnsiConsole console, DateTimeOffset now)
    {
        int masters = document.Instances.Count(static i => i.State == "master");
        console.MarkupLineInterpolated($"Node {document.Node}, vipd {document.Version}: master of {masters} of {document.Instances.Count} instances{(document.Maintenance ? ", in maintenance" : "")}");
        Table table = new Table().AddColumns("Instance", "State", "Master", "Addresses", "Priority", "Why");
        foreach (InstanceRow row in document.Instances)
        {
            table.AddRow(
                Markup.Escape(Lines(row.Name, $"{row.Interface} {row.Family} {row.VirtualRouterId}", row.Group.Length > 0 ? $"group {row.Group}" : "")),
                Markup.Escape(Lines(row.State, row.Since is { } since ? $"for {Age(now - since)}" : "")),
                Markup.Escape(row.Master),
                Markup.Escape(Lines(row.Addresses.Count > MostAddresses ? [.. row.Addresses.Take(MostAddresses - 1), $"and {row.Addresses.Count - MostAddresses + 1} more"] : [.. row.Addresses])),
                Markup.Escape(row.Priority == row.ConfiguredPriority ? $"{row.Priority}" : $"{row.Priority} of {row.ConfiguredPriority}"),
                Markup.Escape(Lines(row.Held, row.LastTransition is { } last ? $"{last.From} -> {last.To}: {last.Reason}{(last.Peer.Length > 0 ? $" ({last.Peer})" : "")}" : "", Timers(row))));
        }

        console.Write(table);
        WritePeers(document, console);
        foreach (GroupRow group in document.Groups)
        {
            console.MarkupLineInterpolated($"Sync group {group.Name} is {group.State}: {string.Join(", ", group.Members)}");
        }

        foreach (TrackedRow tracked in document.Tracked.Where(static t => t.State != "Up"))
        {
            console.MarkupLineInterpolated($"[yellow]{tracked.Kind} {tracked.Name} is {tracked.State}[/] {tracked.Detail}");
        }

        foreach (string problem in document.Problems)
        {
            console.MarkupLineInterpolated($"[red]not as configured[/] {problem}");
        }

        foreach (LeftOutRow left in document.Configuration.LeftOut)
        {
            console.MarkupLineInterpolated($"[red]left out[/] {left.Object} {left.Why}");
        }

        foreach (string refused in document.Configuration.Refused)
        {
            console.MarkupLineInterpolated($"[red]not in force[/] {refused}");
        }
    }

    private static void WritePeers(StatusDocument document, IAnsiConsole console)
    {
        Table table = new Table().AddColumns("Instance", "Heard", "Priority", "Last", "Agrees");
        foreach (InstanceRow row in document.Instances)
        {
            foreach (PeerRow peer in row.Peers)
            {
                table.AddRow(
                    Markup.Escape(row.Name),
                    Markup.Escape(peer.Address),
                    peer.Priority == 0 ? "farewell" : string.Create(CultureInfo.InvariantCulture, $"{peer.Priority}"),
                    string.Create(CultureInfo.InvariantCulture, $"{peer.HeardSecondsAgo:0.0} s ago"),
                    Markup.Escape(peer.Disagreements.Count == 0 ? "yes" : Lines([.. peer.Disagreements])));
            }
        }

        if (table.Rows.Count > 0)
        {
            console.Write(table);
        }
    }

    private static string Timers(InstanceRow row) => string.Create(
        CultureInfo.InvariantCulture, $"every {row.AdvertIntervalSeconds:0.###} s, down after {row.MasterDownIntervalSeconds:0.###} s");

    private static string Lines(params IReadOnlyList<string> lines) => string.Join('\n', lines.Where(static l => l.Length > 0));

    private static string Age(TimeSpan age) => age < TimeSpan.FromMinutes(2) ? $"{age.TotalSeconds:0} s"
        : age < TimeSpan.FromHours(2) ? $"{age.TotalMinutes:0} min"
        : age < TimeSpan.FromDays(2) ? $"{age.TotalHours:0} h"
        : $"{age.TotalDays:0} d";
}
