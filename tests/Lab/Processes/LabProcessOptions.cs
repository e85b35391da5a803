// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Lab.Processes;

/// <summary>What to start in a namespace.</summary>
public sealed record LabProcessOptions
{
    /// <summary>Name of the process in the lab and of its log file.</summary>
    public required string Name { get; init; }

    public required string File { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Lets the process live on when this one is killed; it still goes with its lab.</summary>
    public bool OutlivesOwner { get; init; }
}
