// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Spectre.Console;

namespace LoadBalancer.Speaker;

/// <summary>The <c>status</c> command's view of the status document.</summary>
internal static class StatusTable
{
    public static void Write(JsonElement document)
    {
        SpeakerReport report = document.Deserialize(ReportJson.Default.SpeakerReport)!;
        AnsiConsole.MarkupLineInterpolated($"Node {report.Node}: {report.Services} {(report.Services == 1 ? "Service" : "Services")} with addresses{(report.Synced ? "" : ", not all objects are read yet")}");
        if (report.LostContact is { } lost)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]no contact[/] The API server does not tell of {lost}; what was read before stays in force");
        }

        Table segments = new Table().AddColumns("Interface", "MAC", "State", "Speakers heard");
        foreach (var segment in report.Segments)
        {
            segments.AddRow(
                Markup.Escape(segment.Interface), segment.Mac, segment.Ready ? "ready" : "listening", Markup.Escape(segment.Members.Count == 0 ? "none" : string.Join(", ", segment.Members)));
        }

        AnsiConsole.Write(segments);
        Table addresses = new Table().AddColumns("Address", "Service", "Announced by", "Here on", "Not eligible");
        foreach (AddressRow row in report.Addresses)
        {
            addresses.AddRow(
                row.Address,
                Markup.Escape(row.Service),
                Markup.Escape(row.Holder.Length > 0 ? row.Holder : "nobody"),
                Markup.Escape(string.Join(", ", row.AnnouncedOn)),
                Markup.Escape(string.Join("\n", row.NotEligible)));
        }

        AnsiConsole.Write(addresses);
        foreach (string conflict in report.Conflicts)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]conflict[/] {conflict}");
        }

        foreach (string refused in report.Refused)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]refused[/] {refused}");
        }
    }
}
