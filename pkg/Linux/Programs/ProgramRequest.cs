// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Programs;

/// <summary>A program to run, without a shell.</summary>
public sealed record ProgramRequest
{
    /// <summary>The whole path, and the arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Who runs it; null: as this process, and only without its capabilities if it is not root.</summary>
    public ProgramAccount? Account { get; init; }

    /// <summary>Added to the environment of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long it may take; null: until somebody ends it.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Refuse to run as root what others than root can change.</summary>
    public bool IsGuarded { get; init; } = true;
}
