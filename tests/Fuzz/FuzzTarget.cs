// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace LoadBalancer.Fuzz;

/// <summary>
/// Something that takes bytes from outside. <see cref="Run"/> throws when a rule is broken: an exception of the code
/// itself, or an oracle that disagrees.
/// </summary>
internal sealed record FuzzTarget(string Name, byte[][] Seeds, FuzzTarget.Body Run)
{
    public delegate void Body(ReadOnlySpan<byte> input);

    /// <summary>Octets one input may allocate, apart from 256 for each of its own: what a peer sends must not grow memory.</summary>
    public long AllocationLimit { get; init; } = 64 * 1024;

    public static FuzzTarget Octets(string name, Body run, params string[] hexSeeds) =>
        new(name, Array.ConvertAll(hexSeeds, Convert.FromHexString), run);

    /// <summary>A parser of text; the input's octets are its characters, so that all of Latin-1 occurs.</summary>
    public static FuzzTarget Text(string name, Action<string> run, params string[] seeds) =>
        new(name, Array.ConvertAll(seeds, Encoding.Latin1.GetBytes), input => run(Encoding.Latin1.GetString(input)));

    public static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new InvalidOperationException(rule);
        }
    }
}
