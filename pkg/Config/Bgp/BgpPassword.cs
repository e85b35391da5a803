// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Bgp;

/// <summary>Where the password of a session comes from: neither field set for none, one of them otherwise. Printing it shows no secret.</summary>
public readonly record struct BgpPassword
{
    /// <summary>The password itself, as the manifest has it in the clear; null when it has none.</summary>
    public string? Clear { get; init; }

    /// <summary>Secret, in the namespace of the BGPPeer, whose key "password" holds it; null when none is named.</summary>
    public string? SecretName { get; init; }

    /// <summary>Whether the session has no password.</summary>
    public bool IsNone => Clear is null && SecretName is null;

    /// <inheritdoc/>
    public override string ToString() => SecretName is { } name ? $"Secret {name}" : Clear is null ? "none" : "in the clear";
}
