// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig;

/// <summary>How much a problem matters.</summary>
public enum ProblemKind
{
    /// <summary>The object it is about cannot be used as written.</summary>
    Error,

    /// <summary>In force, but not quite as one may think who reads it.</summary>
    Warning,

    /// <summary>Read and left out: it has no meaning here, and the text says what to do instead.</summary>
    Ignored,
}

/// <summary>Where something was written; line and column count from 1, and 0 means not known.</summary>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>, as far as known.</summary>
    public override string ToString() => (Line, Column) switch
    {
        (0, _) => File,
        (_, 0) => $"{File}:{Line}",
        _ => $"{File}:{Line}:{Column}",
    };
}

/// <summary>
/// One thing that is wrong, unusual or left out: where, the path of what it is about in vipd.yaml's terms
/// (<c>instances.web.priority</c>; empty when it is about no object), and a sentence with the remedy.
/// </summary>
public readonly record struct ConfigProblem(ProblemKind Kind, SourcePosition Position, string Path, string Message)
{
    /// <summary>The line an operator reads: <c>file:line:column: error: sentence</c>.</summary>
    public override string ToString()
    {
        string kind = Kind switch
        {
            ProblemKind.Error => "error",
            ProblemKind.Warning => "warning",
            ProblemKind.Ignored => "ignored",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        string where = Position.ToString();
        return where.Length == 0 ? $"{kind}: {Message}" : $"{where}: {kind}: {Message}";
    }
}
