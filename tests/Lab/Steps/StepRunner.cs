// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Lab.Network;
using Spectre.Console;

namespace LoadBalancer.Lab.Steps;

/// <summary>What became of a step.</summary>
/// <param name="Name">The step in words.</param>
/// <param name="Succeeded">Whether it did.</param>
/// <param name="Outcome">What happened, or why it failed.</param>
/// <param name="Took">How long it took.</param>
public sealed record StepResult(string Name, bool Succeeded, string Outcome, TimeSpan Took);

/// <summary>Lets a running step say what it waits for.</summary>
public sealed class StepProgress
{
    private readonly Action<string> _show;

    internal StepProgress(Action<string> show) => _show = show;

    public void Waiting(string what) => _show(what);
}

/// <summary>
/// Runs the steps of a demonstration for a person who watches: progress while a step waits, one line with its outcome and
/// time, the tails of the logs when it fails, a table at the end. On something that is no terminal: plain lines.
/// </summary>
public sealed class StepRunner
{
    private const int TailLines = 15;

    private readonly IAnsiConsole _console;
    private readonly List<StepResult> _results = [];

    /// <summary>Prints to standard output, or to the console given.</summary>
    public StepRunner(IAnsiConsole? console = null) => _console = console ?? (Console.IsOutputRedirected ? Plain() : AnsiConsole.Console);

    /// <summary>Directory whose `*.log` files explain a failure; set when the lab is up.</summary>
    public string? Logs { get; set; }

    public IReadOnlyList<StepResult> Results => _results;

    /// <summary>Whether every step so far succeeded.</summary>
    public bool Succeeded => _results.TrueForAll(r => r.Succeeded);

    /// <summary>0 when every step succeeded, else 1.</summary>
    public int ExitCode => Succeeded ? 0 : 1;

    private bool Interactive => _console.Profile.Capabilities.Interactive && _console.Profile.Capabilities.Ansi;

    /// <summary>Takes the logs of a network as those that explain failures.</summary>
    public void Explain(LabNetwork network) => Logs = network.Logs;

    public void Title(string text) => _console.Write(new Rule(Markup.Escape(text)) { Justification = Justify.Left });

    public void Say(string text) => _console.WriteLine(text);

    /// <summary>
    /// Runs one step; it returns what happened, in words. False when it failed: it is told then, and the caller decides
    /// whether the rest still makes sense. Logs named here are shown on failure, all when none is named.
    /// </summary>
    public async Task<bool> RunAsync(
        string name, Func<StepProgress, CancellationToken, Task<string>> step, CancellationToken cancellation, params IReadOnlyList<string> logs)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var outcome = await ShowAsync(name, step, cancellation);
            Finish(new StepResult(name, true, outcome, Stopwatch.GetElapsedTime(began)));
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // whatever a step fails with is shown to the person and in the exit status
        catch (Exception e)
#pragma warning restore CA1031
        {
            Finish(new StepResult(name, false, e.Message, Stopwatch.GetElapsedTime(began)));
            ShowLogs(logs);
            return false;
        }
    }

    // A file or a pipe gets no escape codes, and lines as long as a log has them.
    private static IAnsiConsole Plain()
    {
        IAnsiConsole plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        plain.Profile.Width = 140;
        return plain;
    }

    /// <summary>The table of all steps.</summary>
    public void Summary()
    {
        var table = new Table { Border = Interactive ? TableBorder.Rounded : TableBorder.Ascii };
        table.AddColumns("step", "result", "what happened");
        table.AddColumn(new TableColumn("took").RightAligned());
        foreach (var result in _results)
        {
            table.AddRow(
                Markup.Escape(result.Name),
                result.Succeeded ? "[green]ok[/]" : "[red]failed[/]",
                Markup.Escape(FirstLine(result.Outcome)),
                Took(result.Took));
        }

        _console.Write(table);
    }

    /// <summary>A table of facts: address, announcing node, MAC, gap.</summary>
    public void Facts(params IReadOnlyList<(string Name, string Value)> facts)
    {
        var table = new Table { Border = Interactive ? TableBorder.Rounded : TableBorder.Ascii, ShowHeaders = false };
        table.AddColumns("", "");
        foreach (var (name, value) in facts)
            table.AddRow($"[bold]{Markup.Escape(name)}[/]", Markup.Escape(value));
        _console.Write(table);
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0];

    private static string Took(TimeSpan time) => time.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:f0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:f1} s");

    private async Task<string> ShowAsync(
        string name, Func<StepProgress, CancellationToken, Task<string>> step, CancellationToken cancellation)
    {
        if (!Interactive)
            return await step(new StepProgress(static _ => { }), cancellation);
        return await _console.Status().StartAsync(
            Markup.Escape(name),
            context => step(new StepProgress(w => context.Status($"{Markup.Escape(name)} [grey]{Markup.Escape(w)}[/]")), cancellation));
    }

    private void Finish(StepResult result)
    {
        _results.Add(result);
        var mark = result.Succeeded ? "[green]ok    [/]" : "[red]FAILED[/]";
        _console.MarkupLine($"{mark} {Markup.Escape(result.Name)}: {Markup.Escape(result.Outcome)} [grey]({Took(result.Took)})[/]");
    }

    private void ShowLogs(IReadOnlyList<string> names)
    {
        if (Logs is null || !Directory.Exists(Logs))
            return;
        foreach (var file in Directory.EnumerateFiles(Logs, "*.log").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (names.Count > 0 && !names.Any(n => name.StartsWith(n, StringComparison.Ordinal)))
                continue;
            var lines = ReadShared(file);
            if (lines.Count == 0)
                continue;
            _console.MarkupLine($"  [grey]last lines of[/] {Markup.Escape(file)}");
            foreach (var line in lines.Skip(lines.Count - TailLines))
                _console.WriteLine("    " + line);
        }
    }

    private static List<string> ReadShared(string file)
    {
        // The process may still write to it.
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }
}
