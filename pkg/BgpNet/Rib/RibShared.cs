// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>What both families and all cohorts use: stores, pools, and the counts that tell what was spared.</summary>
internal sealed class RibShared(Random? jitter, RibLimits limits)
{
    private const int MostBlocks = 16;
    private const double LeastJitter = 0.75;
    private readonly Stack<EncodedBlock> _blocks = new();

    public RibLimits Limits => limits;

    public AttributeStore Attributes { get; } = new();

    public OfferStore Offers { get => field ??= new(Attributes); }

    public KnownValues.Pool KnownPages { get; } = new();

    /// <summary>The slots of the message under way: no message holds more routes.</summary>
    public int[] Slots { get; } = new int[1 << 15];

    /// <summary>Initial state is whole, so that End-of-RIB may be said.</summary>
    public bool IsComplete { get; set; }

    public long MessagesEncoded { get; set; }

    public EncodedBlock RentBlock() => _blocks.TryPop(out EncodedBlock? block) ? block : new();

    public void ReturnBlock(EncodedBlock block)
    {
        block.Clear();
        if (_blocks.Count < MostBlocks)
        {
            _blocks.Push(block);
        }
    }

    /// <summary>When an interval that begins now is over (RFC 4271 10: three quarters of it to all of it).</summary>
    public MonoTime After(MonoTime now, TimeSpan interval) =>
        now + (jitter is null ? interval : interval * (LeastJitter + ((1 - LeastJitter) * jitter.NextDouble())));
}
