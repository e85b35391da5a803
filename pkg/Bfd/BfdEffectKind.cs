// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>What a session asks of its driver.</summary>
public enum BfdEffectKind : byte
{
    /// <summary>Send <see cref="BfdEffects.Packet"/>, with hop limit 255.</summary>
    Transmit = 1,

    /// <summary>The state changed, see <see cref="BfdEffect.Transition"/>.</summary>
    StateChanged = 2,

    /// <summary>Call with <see cref="BfdEvent.Timer"/> at <see cref="BfdEffect.Deadline"/>; replaces the deadline asked before.</summary>
    ArmTimer = 3,

    /// <summary>The packet was ignored, see <see cref="BfdEffect.Discard"/>.</summary>
    Discarded = 4,

    /// <summary>The interval of sending or the detection time changed.</summary>
    IntervalsChanged = 5,

    /// <summary>AdminDown was said for a detection time: nothing more will be sent, the session can be removed.</summary>
    Silent = 6,
}
