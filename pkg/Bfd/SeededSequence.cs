// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>SplitMix64: a seed replays a run. Unpredictability, where it matters, lies in the seed.</summary>
internal struct SeededSequence(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from zero up to, not including, one million.</summary>
    public int Millionths() => (int)(Next() % 1_000_000);
}
