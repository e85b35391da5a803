// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>RFC 4271 10: each timer runs for 0.75 to 1.0 of its time, drawn anew at each arming. A seed replays a run (SplitMix64).</summary>
internal struct Jitter(ulong seed)
{
    private const double Least = 0.75;
    private ulong _state = seed;

    public TimeSpan Of(TimeSpan time) => time * (Least + ((1 - Least) * Fraction()));

    private double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    private ulong Next()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
