// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Judging;

/// <summary>What reading one object brought up: each entry is a sentence that begins with the field.</summary>
internal sealed class Remarks
{
    /// <summary>Why the object is refused.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>What it names that is not in force, and is left out.</summary>
    public List<string> Unresolved { get; } = [];

    /// <summary>What is in force otherwise than one may think.</summary>
    public List<string> Warnings { get; } = [];
}
