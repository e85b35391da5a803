// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Spectre.Console;

namespace LoadBalancer.Controller;

/// <summary>The <c>status</c> command's view of the status document.</summary>
internal static class StatusTable
{
    public static void Write(JsonElement document)
    {
        ControllerReport report = document.Deserialize(ReportJson.Default.ControllerReport)!;
        AnsiConsole.MarkupLineInterpolated($"{report.Identity}  {(report.Leader ? "leads" : report.LostContact is null ? "stands by: another replica leads, ask that one" : "does not lead, and cannot see who does")}");
        if (report.LostContact is { } lost)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]no contact[/] The API server does not tell of {lost}; what was read before stays in force");
        }

        if (!report.Leader)
        {
            return;
        }

        AnsiConsole.MarkupLineInterpolated($"{report.Services} {(report.Services == 1 ? "Service" : "Services")} of type LoadBalancer, {report.PendingServices} waiting for an address");
        Table pools = new Table().AddColumns("Pool", "Addresses", "IPv4 used/free", "IPv6 used/free");
        foreach (PoolRow pool in report.Pools)
        {
            pools.AddRow(
                Markup.Escape(pool.Name),
                Markup.Escape(string.Join("\n", pool.Addresses)),
                $"{pool.AssignedIPv4}/{Figure(pool.AvailableIPv4)}",
                $"{pool.AssignedIPv6}/{Figure(pool.AvailableIPv6)}");
        }

        AnsiConsole.Write(pools);
        foreach (RefusedRow row in report.Refused)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]refused[/] {row.Kind} {row.Name} ({row.Reason}): {row.Message}");
        }

        foreach (PendingRow row in report.Pending)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]waiting[/] {row.Service}: {row.Reason}");
        }
    }

    private static string Figure(long value) => value == long.MaxValue ? "plenty" : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
