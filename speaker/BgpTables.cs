// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using LoadBalancer.Speaker.Bgp;
using Spectre.Console;

namespace LoadBalancer.Speaker;

/// <summary>What <c>speaker bgp</c> shows. Each table is a document of the running speaker, in columns.</summary>
internal static class BgpTables
{
    // A pipe has no width of its own: wide enough that a sentence is not broken every few words.
    private const int PipeWidth = 200;

    /// <summary>Peers, their sessions, and why there is none.</summary>
    public static void WritePeers(JsonElement document, IAnsiConsole console)
    {
        SpeakerReport report = document.Deserialize(ReportJson.Default.SpeakerReport)!;
        if (report.Peers.Count == 0)
        {
            console.MarkupLineInterpolated($"Node {report.Node} has no BGP peers: {report.NoPeers}");
            return;
        }

        Table table = NewTable("Peer", "Address", "AS", "State", "Since", "Received", "Sent", "Families", "BFD", "Last error");
        foreach (PeerRow peer in report.Peers)
        {
            table.AddRow(
                Markup.Escape(peer.Peer),
                Markup.Escape(peer.Vrf.Length > 0 ? $"{peer.Address} ({peer.Vrf})" : peer.Address),
                peer.Asn == 0 ? "" : peer.Asn.ToString(CultureInfo.InvariantCulture),
                peer.State,
                Span(peer.ForSeconds),
                peer.Received.ToString(CultureInfo.InvariantCulture),
                peer.Sent.ToString(CultureInfo.InvariantCulture),
                string.Join(", ", peer.Families),
                peer.Bfd,
                Markup.Escape(peer.LastError.Length > 0 && peer.ErrorSecondsAgo >= 0 ? $"{Span(peer.ErrorSecondsAgo)} ago: {peer.LastError}" : peer.LastError));
        }

        console.Write(table);
    }

    /// <summary>Routes, to all peers or to one; false when there is no such peer, and the error says so.</summary>
    public static bool WriteRoutes(JsonElement document, string? peer, IAnsiConsole console, TextWriter errors)
    {
        RoutesReport report = document.Deserialize(BgpJson.Default.RoutesReport)!;
        if (peer is not null && !report.Peers.Contains(peer))
        {
            errors.WriteLine(report.Peers.Count == 0
                ? $"speaker bgp routes: node {report.Node} has no BGP peers: {report.NoPeers}"
                : $"speaker bgp routes: node {report.Node} has no peer {peer}; give --peer one of {string.Join(", ", report.Peers)}");
            return false;
        }

        if (report.Peers.Count == 0)
            console.MarkupLineInterpolated($"Node {report.Node} has no BGP peers: {report.NoPeers}");
        RouteRow[] rows = [.. report.Routes.Where(r => peer is null || r.Peer == peer || r.Peer.Length == 0)];
        if (rows.Length == 0)
        {
            console.MarkupLineInterpolated($"Node {report.Node} announces nothing: no Service of type LoadBalancer has an address");
            return true;
        }

        Table table = NewTable("Prefix", "Services", "Peer", "Announced", "Local-pref", "MED", "Communities", "Reason");
        foreach (RouteRow row in rows)
        {
            table.AddRow(
                row.Prefix,
                Markup.Escape(string.Join(", ", row.Services)),
                Markup.Escape(row.Address.Length > 0 ? $"{row.Peer} ({row.Address})" : row.Peer.Length > 0 ? row.Peer : "any"),
                row.Announced ? "yes" : "no",
                row.LocalPref?.ToString(CultureInfo.InvariantCulture) ?? "",
                row.Med?.ToString(CultureInfo.InvariantCulture) ?? "",
                string.Join(" ", row.Communities),
                Markup.Escape(row.Reason));
        }

        console.Write(table);
        return true;
    }

    /// <summary>The console of this process.</summary>
    public static IAnsiConsole Console()
    {
        if (System.Console.IsOutputRedirected)
            AnsiConsole.Console.Profile.Width = PipeWidth;
        return AnsiConsole.Console;
    }

    private static Table NewTable(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in columns)
            table.AddColumn(new TableColumn(column) { NoWrap = column is not ("Last error" or "Reason" or "Communities" or "Services" or "Families") });
        return table;
    }

    private static string Span(long seconds) => seconds switch
    {
        < 120 => $"{seconds} s",
        < 120 * 60 => $"{seconds / 60} min",
        < 48 * 3600 => $"{seconds / 3600} h",
        _ => $"{seconds / 86400} d",
    };
}
