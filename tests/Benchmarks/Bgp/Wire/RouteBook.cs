// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;

namespace LoadBalancer.Benchmarks.Bgp.Wire;

/// <summary>What a sink has been told: counts, and for each prefix its MED and when it last came.</summary>
internal sealed class RouteBook(int prefixes)
{
    internal const int Absent = -1;
    private const byte MedType = 4;
    private const byte ExtendedLength = 0x10;
    private const int HostRoute = 5;
    private readonly int[] _med = [.. Enumerable.Repeat(Absent, prefixes)];
    private readonly long[] _at = new long[prefixes];

    internal long Updates;
    internal long Octets;
    internal long Announced;
    internal long FirstAt;
    internal long LastAt;

    /// <summary>The MED of a prefix as last told; <see cref="Absent"/> when it is not announced.</summary>
    internal int Med(int prefix) => Volatile.Read(ref _med[prefix]);

    /// <summary>When the prefix was last told, as a time stamp; 0 for never.</summary>
    internal long At(int prefix) => Volatile.Read(ref _at[prefix]);

    /// <summary>Number of the prefix that came last.</summary>
    internal int LastPrefix;

    internal void Restart() => (Updates, Octets, Announced, FirstAt, LastAt) = (0, 0, 0, 0, 0);

    internal void Take(ReadOnlySpan<byte> body)
    {
        const int EndOfRibLength = 4;
        if (body.Length <= EndOfRibLength)
            return;
        var now = Stopwatch.GetTimestamp();
        var withdrawn = BinaryPrimitives.ReadUInt16BigEndian(body);
        var attributes = BinaryPrimitives.ReadUInt16BigEndian(body[(2 + withdrawn)..]);
        var announced = body[(4 + withdrawn + attributes)..];
        if (prefixes > 0)
            Note(body.Slice(2, withdrawn), Absent, now);
        Announced += prefixes > 0 ? Note(announced, Med(body.Slice(4 + withdrawn, attributes)), now) : Count(announced);
        if (announced.Length >= HostRoute)
            LastPrefix = BenchRoutes.Number(BinaryPrimitives.ReadUInt32BigEndian(announced[^4..]));
        Octets += body.Length + BgpBytes.HeaderLength;
        FirstAt = FirstAt == 0 ? now : FirstAt;
        Volatile.Write(ref LastAt, now);
        Interlocked.Increment(ref Updates);
    }

    private static int Count(ReadOnlySpan<byte> routes)
    {
        var count = 0;
        for (var at = 0; at < routes.Length; at += 1 + ((routes[at] + 7) / 8))
            count++;
        return count;
    }

    private int Note(ReadOnlySpan<byte> routes, int med, long now)
    {
        var count = routes.Length / HostRoute;
        for (var i = 0; i < count; i++)
        {
            var number = BenchRoutes.Number(BinaryPrimitives.ReadUInt32BigEndian(routes[((i * HostRoute) + 1)..]));
            if ((uint)number < (uint)prefixes)
            {
                Volatile.Write(ref _med[number], med);
                Volatile.Write(ref _at[number], now);
            }
        }

        return count;
    }

    private static int Med(ReadOnlySpan<byte> attributes)
    {
        while (attributes.Length > 3)
        {
            var extended = (attributes[0] & ExtendedLength) != 0;
            var length = extended ? BinaryPrimitives.ReadUInt16BigEndian(attributes[2..]) : attributes[2];
            var value = attributes[(extended ? 4 : 3)..];
            if (attributes[1] == MedType)
                return BinaryPrimitives.ReadInt32BigEndian(value);
            attributes = value[length..];
        }

        return 0;
    }
}
