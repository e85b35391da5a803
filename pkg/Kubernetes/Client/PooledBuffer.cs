// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace LoadBalancer.Kubernetes.Client;

/// <summary>Octets read so far, in an array of the shared pool that grows up to a limit.</summary>
internal struct PooledBuffer(int limit) : IDisposable
{
    private byte[] _octets = [];

    internal int Start { get; private set; }

    internal int End { get; private set; }

    internal readonly ReadOnlySpan<byte> Unread => _octets.AsSpan(Start, End - Start);

    /// <summary>Room for at least the given octets; false when that would exceed the limit.</summary>
    internal bool TryReserve(int octets, out Memory<byte> room)
    {
        if (_octets.Length - End < octets)
        {
            var held = End - Start;
            var needed = held + octets;
            if (needed > limit + 1)
            {
                room = default;
                return false;
            }
            if (needed > _octets.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Min(limit + 1, _octets.Length * 2)));
                Unread.CopyTo(larger);
                Return();
                _octets = larger;
            }
            else
            {
                Unread.CopyTo(_octets);
            }
            Start = 0;
            End = held;
        }
        room = _octets.AsMemory(End);
        return true;
    }

    internal void Written(int octets) => End += octets;

    internal void Consume(int octets)
    {
        Start += octets;
        if (Start == End) Start = End = 0;
    }

    public void Dispose()
    {
        Return();
        _octets = [];
        Start = End = 0;
    }

    private readonly void Return()
    {
        if (_octets.Length > 0) ArrayPool<byte>.Shared.Return(_octets);
    }
}
