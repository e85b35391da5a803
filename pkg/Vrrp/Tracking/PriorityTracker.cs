// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp.Tracking;

/// <summary>
/// Sums up for one instance what is tracked for it: a priority from 1 to 254, and whether there is a fault. After a change that
/// <see cref="SetState"/> or <see cref="SetValue"/> reports, give the instance <see cref="VrrpEvent.Priority"/> and
/// <see cref="VrrpEvent.Fault"/>.
/// </summary>
public sealed class PriorityTracker
{
    private readonly Item[] _items;

    /// <summary>A tracker of as many things as there are weights, of none of which anything is known.</summary>
    public PriorityTracker(byte basePriority, params ReadOnlySpan<TrackWeight> weights)
    {
        BasePriority = basePriority;
        _items = new Item[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            short limited = Math.Clamp(weights[i].Weight, (short)-TrackWeight.Limit, TrackWeight.Limit);
            _items[i] = new Item { Weight = weights[i] with { Weight = limited } };
        }

        Reckon();
    }

    /// <summary>The configured priority; 255, an owner's, is never adjusted.</summary>
    public byte BasePriority { get; private set; }

    /// <summary>The priority with all weights.</summary>
    public byte Effective { get; private set; }

    /// <summary>Whether something with weight 0 has failed or is not known yet.</summary>
    public bool HasFault { get; private set; }

    /// <summary>The first thing because of which there is a fault; -1 when there is none.</summary>
    public int FaultyItem { get; private set; }

    /// <summary>Sets what is known of one thing; true when priority or fault changed by it.</summary>
    public bool SetState(int item, TrackState state)
    {
        _items[item] = _items[item] with { State = state, Value = null };
        return Reckon();
    }

    /// <summary>
    /// Sets the number read from a tracked file. It is multiplied by the weight and added; with weight 0 any number but 0 is a
    /// fault, and so is a product of -254 or less. True when priority or fault changed by it.
    /// </summary>
    public bool SetValue(int item, int value)
    {
        _items[item] = _items[item] with { State = TrackState.Up, Value = value };
        return Reckon();
    }

    /// <summary>Another configured priority; true when the effective one changed by it.</summary>
    public bool SetBase(byte basePriority)
    {
        BasePriority = basePriority;
        return Reckon();
    }

    private bool Reckon()
    {
        long sum = 0;
        int faulty = -1;
        for (int i = 0; i < _items.Length; i++)
        {
            long part = _items[i].Contribution(out bool fault);
            sum += part;
            faulty = fault && faulty < 0 ? i : faulty;
        }

        byte effective = BasePriority == VrrpWire.OwnerPriority
            ? VrrpWire.OwnerPriority
            : (byte)Math.Clamp(BasePriority + sum, 1, VrrpWire.MaxPriority);
        bool changed = effective != Effective || faulty >= 0 != HasFault;
        Effective = effective;
        HasFault = faulty >= 0;
        FaultyItem = faulty;
        return changed;
    }

    private readonly record struct Item
    {
        public TrackWeight Weight { get; init; }

        public TrackState State { get; init; }

        public int? Value { get; init; }

        public long Contribution(out bool fault)
        {
            if (Value is { } value)
            {
                long product = (long)value * (Weight.Reverse ? -Weight.Weight : Weight.Weight);
                fault = Weight.Weight == 0 ? value != 0 : product <= -VrrpWire.MaxPriority;
                return fault ? 0 : product;
            }

            TrackState wished = Weight.Reverse ? TrackState.Down : TrackState.Up;
            fault = Weight.Weight == 0 && State != wished;
            bool counts = State != TrackState.Unknown && (Weight.Weight > 0 ? State == wished : State != wished);
            return counts ? Weight.Weight : 0;
        }
    }
}
