// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace LoadBalancer.Lab.Network;

/// <summary>What is broken in the switch, and the rules that break it.</summary>
public sealed class SwitchFaults
{
    private const int LossSteps = 10_000;

    private readonly SortedSet<string> _down = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _silent = new(StringComparer.Ordinal);
    private readonly SortedSet<(string From, string To)> _separated = [];
    private readonly SortedDictionary<string, int> _loss = new(StringComparer.Ordinal);

    /// <summary>Notes a cut or its end; false when nothing changes.</summary>
    public bool Cut(string port, CutKind kind, bool cut)
    {
        var ports = kind == CutKind.Silent ? _silent : _down;
        return cut ? ports.Add(port) : ports.Remove(port);
    }

    public void Separate(string left, string right)
    {
        _separated.Add((left, right));
        _separated.Add((right, left));
    }

    /// <summary>Notes the share of frames lost at a port, 0 to 1.</summary>
    public void Lose(string port, double share)
    {
        var steps = (int)Math.Round(Math.Clamp(share, 0, 1) * LossSteps);
        if (steps == 0)
            _loss.Remove(port);
        else
            _loss[port] = steps;
    }

    /// <summary>Forgets everything; returns the ports that were down.</summary>
    public IReadOnlyCollection<string> Clear()
    {
        string[] down = [.. _down];
        _down.Clear();
        _silent.Clear();
        _separated.Clear();
        _loss.Clear();
        return down;
    }

    /// <summary>The whole rule set as one nft transaction.</summary>
    public string Ruleset()
    {
        var text = new StringBuilder("add table bridge lab_faults\ndelete table bridge lab_faults\n");
        text.Append("table bridge lab_faults {\n");
        // Before the bridge learns: a dead path teaches the switch nothing.
        text.Append("  chain arriving {\n    type filter hook prerouting priority -300; policy accept;\n");
        foreach (var port in _silent)
            text.Append(CultureInfo.InvariantCulture, $"    iifname \"{port}\" drop\n");
        text.Append("  }\n  chain passing {\n    type filter hook forward priority -300; policy accept;\n");
        foreach (var port in _silent)
            text.Append(CultureInfo.InvariantCulture, $"    oifname \"{port}\" drop\n");
        foreach (var (from, to) in _separated)
            text.Append(CultureInfo.InvariantCulture, $"    iifname \"{from}\" oifname \"{to}\" drop\n");
        foreach (var (port, steps) in _loss)
        {
            text.Append(CultureInfo.InvariantCulture, $"    iifname \"{port}\" numgen random mod {LossSteps} < {steps} drop\n");
            text.Append(CultureInfo.InvariantCulture, $"    oifname \"{port}\" numgen random mod {LossSteps} < {steps} drop\n");
        }

        return text.Append("  }\n}\n").ToString();
    }
}
