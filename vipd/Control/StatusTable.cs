// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Vipd.Forwarding;
using Spectre.Console;

namespace LoadBalancer.Vipd.Control;

/// <summary>The <c>status</c> verb's view of the status document.</summary>
internal static class StatusTable
{
    private const int MostAddresses = 4;
    private const int PipeColumns = 200;
    private const int LeastWords = 11;
    private const int Frame = 3;

    /// <summary>The terminal; or, for a pipe or a file, plain lines that are wide enough for grep.</summary>
    public static IAnsiConsole Console(TextWriter output, bool isRedirected)
    {
        if (!isRedirected)
        {
            return AnsiConsole.Console;
        }

        IAnsiConsole console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = PipeColumns;
        return console;
    }

    public static void Write(StatusDocument document, IAnsiConsole console, DateTimeOffset now)
    {
        int masters = document.Instances.Count(static i => i.State == "master");
        console.MarkupLineInterpolated($"Node {document.Node}, vipd {document.Version}: master of {masters} of {document.Instances.Count} instances{(document.Maintenance ? ", in maintenance" : "")}");
        string[] headings = ["Instance", "State", "Master", "Addresses", "Priority", "Why"];
        List<string[]> rows = [];
        foreach (InstanceRow row in document.Instances)
        {
            rows.Add(
            [
                Lines(row.Name, $"{row.Interface} {row.Family} {row.VirtualRouterId}", row.Group.Length > 0 ? $"group {row.Group}" : ""),
                Lines(row.State, row.Since is { } since ? $"for {Age(now - since)}" : ""),
                row.Master,
                Lines(Few(row.Addresses)),
                row.Priority == row.ConfiguredPriority ? $"{row.Priority}" : $"{row.Priority} of {row.ConfiguredPriority}",
                Lines(row.Held, row.LastTransition is { } last ? $"{last.From} -> {last.To}: {last.Reason}{(last.Peer.Length > 0 ? $" ({last.Peer})" : "")}" : "", Timers(row)),
            ]);
        }

        console.Write(Fitted(headings, rows, console.Profile.Width));
        WritePeers(document, console);
        WriteServers(document.Forwarding, console);
        foreach (GroupRow group in document.Groups)
        {
            console.MarkupLineInterpolated($"Sync group {group.Name} is {group.State}: {string.Join(", ", group.Members)}");
        }

        foreach (TrackedRow tracked in document.Tracked.Where(static t => t.State != "Up"))
        {
            console.MarkupLineInterpolated($"[yellow]{tracked.Kind} {tracked.Name} is {tracked.State}[/] {tracked.Detail}");
        }

        if (document.LostContact is { } lost)
        {
            console.MarkupLineInterpolated($"[red]no contact[/] The API server does not tell of {lost}; what was read before stays in force");
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

    // Words may be broken into lines, addresses had better not be; where there is no room for them, broken is better than cut off.
    private static Table Fitted(string[] headings, List<string[]> rows, int width)
    {
        int[] widths = [.. headings.Select((heading, column) => rows.SelectMany(r => r[column].Split('\n')).Append(heading).Max(static l => l.Length))];
        bool fits = widths[..^1].Sum() + LeastWords + (headings.Length * Frame) + 1 <= width;
        Table table = new();
        foreach (string heading in headings)
        {
            table.AddColumn(heading, column => column.NoWrap = fits && heading != headings[^1]);
        }

        foreach (string[] row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        return table;
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

    private static void WriteServers(ForwardingStatus forwarding, IAnsiConsole console)
    {
        List<string[]> rows = [];
        foreach (VirtualServerStatus service in forwarding.VirtualServers)
        {
            string[] endpoints = [.. service.Endpoints.Select(static e => $"{Endpoint(e.Address, e.Port)} {e.Protocol}").Distinct()];
            string state = service.UsesSorryServer ? "sorry server" : service.HasQuorum ? "up" : "no quorum";
            string first = Lines([service.Name, .. Few(endpoints)]);
            string second = Lines(state, service.IsHeld ? "held here" : "not held here");
            string[] none = [first, second, "", "no servers"];
            rows.AddRange(service.Servers.Count == 0 ? [none] : service.Servers.Select((server, i) => (string[])
            [
                i == 0 ? first : "",
                i == 0 ? second : "",
                Endpoint(server.Address, server.Port),
                server.IsUp ? $"up, weight {server.Weight}" : Lines(["down", .. server.Checks.Where(static c => !c.IsUp).Select(static c => $"{c.Kind}: {c.Words}")]),
            ]));
        }

        if (rows.Count > 0)
        {
            console.Write(Fitted(["Virtual server", "State", "Server", "Health"], rows, console.Profile.Width));
        }
    }

    private static string Endpoint(string address, int port) => port == 0 ? address : address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";

    private static IReadOnlyList<string> Few(IReadOnlyList<string> all) =>
        all.Count > MostAddresses ? [.. all.Take(MostAddresses - 1), $"and {all.Count - MostAddresses + 1} more"] : all;

    private static string Timers(InstanceRow row) => string.Create(
        CultureInfo.InvariantCulture, $"every {row.AdvertIntervalSeconds:0.###} s, down after {row.MasterDownIntervalSeconds:0.###} s");

    private static string Lines(params IReadOnlyList<string> lines) => string.Join('\n', lines.Where(static l => l.Length > 0));

    private static string Age(TimeSpan age) => age < TimeSpan.FromMinutes(2) ? $"{age.TotalSeconds:0} s"
        : age < TimeSpan.FromHours(2) ? $"{age.TotalMinutes:0} min"
        : age < TimeSpan.FromDays(2) ? $"{age.TotalHours:0} h"
        : $"{age.TotalDays:0} d";
}
