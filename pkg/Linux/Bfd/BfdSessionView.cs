// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using LoadBalancer.Bfd;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Bfd;

/// <summary>A session as it was at one instant, for tables and metrics.</summary>
public sealed record BfdSessionView
{
    /// <summary>Between whom it runs.</summary>
    public required BfdPath Path { get; init; }

    /// <summary>Our state, since when, and why it last left Up.</summary>
    public required BfdState State { get; init; }

    /// <summary>When the state last changed.</summary>
    public required MonoTime Since { get; init; }

    /// <summary>Why it last left Up.</summary>
    public BfdDiagnostic Diagnostic { get; init; }

    /// <summary>The peer's state as it last said.</summary>
    public BfdState RemoteState { get; init; }

    /// <summary>The peer's diagnostic as it last said.</summary>
    public BfdDiagnostic RemoteDiagnostic { get; init; }

    /// <summary>Our number for the session.</summary>
    public uint LocalDiscriminator { get; init; }

    /// <summary>The peer's number for it; zero while it is not known.</summary>
    public uint RemoteDiscriminator { get; init; }

    /// <summary>Source port; zero while there is no socket.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>The negotiated interval of sending, before jitter.</summary>
    public TimeSpan TransmitInterval { get; init; }

    /// <summary>The negotiated detection time; zero while the peer is not heard.</summary>
    public TimeSpan DetectionTime { get; init; }

    /// <summary>Packets sent.</summary>
    public long Sent { get; init; }

    /// <summary>Packets the kernel refused to send.</summary>
    public long SendFailures { get; init; }

    /// <summary>Packets taken.</summary>
    public long Received { get; init; }

    /// <summary>How often it came Up.</summary>
    public long UpCount { get; init; }

    /// <summary>How often the path failed while it was Up.</summary>
    public long FailureCount { get; init; }

    /// <summary>Packets ignored, by reason.</summary>
    public FrozenDictionary<BfdDiscard, long> Discarded { get; init; } = FrozenDictionary<BfdDiscard, long>.Empty;

    /// <summary>Why it cannot send or receive; null: it can.</summary>
    public string? Fault { get; init; }
}
