// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace LoadBalancer.Benchmarks.Reporting;

/// <summary>Collects the figures, prints them as tables and writes them as JSON.</summary>
public sealed class Report(IAnsiConsole console)
{
    private readonly Machine _machine = Machine.Read();
    private readonly List<(string Section, IReadOnlyList<Figure> Figures)> _sections = [];
    private readonly List<string> _failures = [];

    /// <summary>Whether something could not be measured.</summary>
    public bool Incomplete => _failures.Count > 0;

    public void Begin() => console.WriteLine(_machine.ToString());

    /// <summary>A line about what is under way.</summary>
    public void Say(string text) => console.WriteLine("  " + text);

    /// <summary>Tells that one figure of a section could not be had; the others go on.</summary>
    public void Miss(string what, Exception fault)
    {
        _failures.Add($"{what}: {fault.Message}");
        console.WriteLine($"  not measured: {what}: {fault.Message}");
    }

    /// <summary>Measures a section and prints it; one that fails is told, and the next goes on.</summary>
    public async Task MeasureAsync(string section, Func<Task<IReadOnlyList<Figure>>> measure, CancellationToken cancellation)
    {
        console.WriteLine();
        console.WriteLine(section);
        try
        {
            var figures = await measure();
            _sections.Add((section, figures));
            Print(figures);
        }
#pragma warning disable CA1031 // whatever went wrong is the report of this section
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _failures.Add($"{section}: {fault.Message}");
            console.WriteLine($"  not measured: {fault.Message}");
        }
    }

    public async Task WriteJsonAsync(string file, CancellationToken cancellation)
    {
        var root = new JsonObject
        {
            ["machine"] = new JsonObject
            {
                ["processors"] = _machine.Processors,
                ["kernel"] = _machine.Kernel,
                ["load"] = _machine.Load,
                ["runtime"] = Environment.Version.ToString(),
            },
            ["figures"] = new JsonArray([.. _sections.SelectMany(s => s.Figures.Select(f => Json(s.Section, f)))]),
            ["notMeasured"] = new JsonArray([.. _failures.Select(f => (JsonNode)f)]),
        };
        await File.WriteAllTextAsync(file, root.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n", cancellation);
    }

    private static JsonNode Json(string section, Figure figure) => new JsonObject
    {
        ["section"] = section,
        ["what"] = figure.What,
        ["value"] = Math.Round(figure.Value, 4),
        ["unit"] = figure.Unit,
        ["aim"] = figure.Aim,
        ["peer"] = figure.Peer,
        ["peerValue"] = figure.PeerValue is { } peer ? Math.Round(peer, 4) : null,
        ["ratio"] = figure.Ratio is { } ratio ? Math.Round(ratio, 4) : null,
        ["recordedElsewhere"] = figure.Elsewhere,
    };

    private void Print(IReadOnlyList<Figure> figures)
    {
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded);
        table.AddColumn("what");
        table.AddColumn(new TableColumn("here").RightAligned().NoWrap());
        table.AddColumn("aim");
        table.AddColumn("peer, same run");
        table.AddColumn(new TableColumn("peer").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("ratio").RightAligned().NoWrap());
        table.AddColumn("recorded elsewhere, NOT this run");
        foreach (var f in figures)
        {
            string[] cells =
            [
                f.What, Number(f.Value) + " " + f.Unit, f.Aim, f.Peer,
                f.PeerValue is { } peer ? Number(peer) + " " + f.Unit : "",
                f.Ratio is { } ratio ? Number(ratio) : "", f.Elsewhere,
            ];
            table.AddRow([.. cells.Select(c => new Text(c))]);
        }

        console.Write(table);
    }

    private static string Number(double value) => value.ToString(
        Math.Abs(value) switch { >= 1000 => "N0", >= 100 => "F0", >= 1 => "F1", 0 => "F0", _ => "G2" }, CultureInfo.InvariantCulture);
}
