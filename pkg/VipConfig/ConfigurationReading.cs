// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig;

/// <summary>
/// What a door made of its input. <see cref="Configuration"/> holds everything that could be read, also what has errors;
/// <see cref="InForce"/> is what may run: objects with errors are left out of it.
/// </summary>
public sealed record ConfigurationReading(VipConfiguration Configuration, IReadOnlyList<ConfigProblem> Problems)
{
    /// <summary>Whether nothing is wrong; warnings and ignored lines do not count.</summary>
    public bool IsValid
    {
        get
        {
            foreach (ConfigProblem problem in Problems)
                if (problem.Kind == ProblemKind.Error)
                    return false;
            return true;
        }
    }

    /// <summary>Where a path was written, or the nearest thing around it; not known when the door knows of no places.</summary>
    public SourcePosition PositionOf(string path) => Places?.Find(path) ?? default;

    /// <summary>Where everything was written.</summary>
    internal ProblemList? Places { get; init; }

    /// <summary>The configuration without the objects that have errors, and without those that depend on them.</summary>
    public VipConfiguration InForce => Sound().Configuration;

    /// <summary>What can run of it, what is left out, and whether one without the other makes sense.</summary>
    public SoundPart Sound() => Judging.Refusals.Of(Configuration, Problems);
}
