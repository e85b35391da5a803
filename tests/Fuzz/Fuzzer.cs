// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Fuzz;

/// <summary>Runs a target over its seeds cut at every byte, then over mutated inputs; an input that fails is kept in a file.</summary>
internal static class Fuzzer
{
    private const int DefaultIterations = 20_000;

    /// <summary>Mutated inputs for each target: FUZZ_ITERATIONS, or few enough for every build.</summary>
    public static int Iterations { get; } = FromEnvironment("FUZZ_ITERATIONS", DefaultIterations);

    /// <summary>The seed of all randomness: FUZZ_SEED, or always the same.</summary>
    public static int Seed { get; } = FromEnvironment("FUZZ_SEED", 1);

    public static void Run(FuzzTarget target, int iterations, string foundFolder)
    {
        foreach (byte[] seed in target.Seeds)
        {
            for (int length = 0; length <= seed.Length; length++)
            {
                RunOne(target, seed.AsSpan(0, length).ToArray(), foundFolder);
            }
        }

        int nameSeed = 17;
        foreach (char letter in target.Name)
        {
            nameSeed = unchecked((nameSeed * 31) + letter);
        }

        Mutator mutator = new(new Random(nameSeed ^ Seed), target.Seeds);
        for (int i = 0; i < iterations; i++)
        {
            RunOne(target, mutator.Next(), foundFolder);
        }
    }

    public static void Replay(FuzzTarget target, byte[] input)
    {
        long limit = target.AllocationLimit + (256L * input.Length);
        long allocated = Allocated(target, input);
        // The runtime's own caches grow on this thread too, once: what the input costs shows again.
        allocated = allocated > limit ? Allocated(target, input) : allocated;
        FuzzTarget.Require(allocated <= limit, $"an input of {input.Length} octets allocated {allocated} octets, {limit} are allowed");
    }

    private static long Allocated(FuzzTarget target, byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        target.Run(input);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void RunOne(FuzzTarget target, byte[] input, string foundFolder)
    {
        try
        {
            Replay(target, input);
        }
        catch (Exception broken)
        {
            string hex = Convert.ToHexStringLower(input);
            string folder = Path.Combine(foundFolder, target.Name);
            _ = Directory.CreateDirectory(folder);
            string file = Path.Combine(folder, $"{(uint)string.GetHashCode(hex, StringComparison.Ordinal):x8}.hex");
            File.WriteAllText(file, hex + "\n");
            throw new FuzzFailureException(
                $"{target.Name} failed on {hex} (kept in {file}; move it to tests/Fuzz/corpus/{target.Name}/): {broken.Message}", broken);
        }
    }

    public static int FromEnvironment(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
