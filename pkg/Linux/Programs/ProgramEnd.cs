// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.Linux.Programs;

/// <summary>How a program came to its end.</summary>
public enum ProgramOutcome
{
    /// <summary>By itself, with a status.</summary>
    Exited,

    /// <summary>By a signal that somebody else sent, or that it brought upon itself.</summary>
    Signalled,

    /// <summary>It took too long, or was not wanted any more, and was ended.</summary>
    Ended,

    /// <summary>It never ran.</summary>
    NotStarted,
}

/// <summary>The end of a program.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Status">Exit status or signal number.</param>
/// <param name="LastLine">The last line it wrote, shortened, without control characters; empty when it wrote none.</param>
/// <param name="Problem">Why it did not run, with the remedy; empty when it did.</param>
public readonly record struct ProgramEnd(ProgramOutcome Outcome, int Status, string LastLine, string Problem = "")
{
    /// <summary>Whether it ended with status 0.</summary>
    public bool Succeeded => Outcome == ProgramOutcome.Exited && Status == 0;

    /// <summary>The end in words.</summary>
    public string Words => Outcome switch
    {
        ProgramOutcome.Exited => $"exit status {Status}{Said}",
        ProgramOutcome.Signalled => $"ended by signal {Status}{Said}",
        ProgramOutcome.Ended => $"took too long and was ended{Said}",
        ProgramOutcome.NotStarted => Problem,
        _ => throw new UnreachableException(),
    };

    private string Said => LastLine.Length == 0 ? "" : $": {LastLine}";
}
