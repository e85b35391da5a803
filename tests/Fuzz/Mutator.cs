// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Fuzz;

/// <summary>Makes inputs from seeds; the same random source makes the same inputs.</summary>
internal sealed class Mutator(Random random, byte[][] seeds)
{
    private static readonly byte[] Edges = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, (byte)'0', (byte)'.', (byte)':', (byte)'/', (byte)'-'];

    private readonly byte[][] _seeds = seeds.Length == 0 ? [[]] : seeds;

    /// <summary>The next input, in an array of exactly its length: a read past its end throws.</summary>
    public byte[] Next()
    {
        if (random.Next(8) == 0)
        {
            byte[] noise = new byte[random.Next(160)];
            random.NextBytes(noise);
            return noise;
        }

        List<byte> input = [.. _seeds[random.Next(_seeds.Length)]];
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            Change(input);
        }

        return [.. input];
    }

    private void Change(List<byte> input)
    {
        int at = random.Next(input.Count + 1);
        int length = random.Next(Math.Min(16, input.Count - at) + 1);
        switch (random.Next(8))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = Edges[random.Next(Edges.Length)];
                break;
            case 2 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 3:
                input.RemoveRange(at, input.Count - at);
                break;
            case 4:
                input.RemoveRange(at, length);
                break;
            case 5:
                input.InsertRange(at, input.GetRange(at, length));
                break;
            case 6:
                byte[] other = _seeds[random.Next(_seeds.Length)];
                int cut = random.Next(other.Length + 1);
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other[cut..]);
                break;
            default:
                input.Insert(at, Edges[random.Next(Edges.Length)]);
                break;
        }
    }
}
