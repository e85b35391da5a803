// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig;

/// <summary>A password that no message, log line or ToString shows; only <see cref="Reveal"/> gives it out.</summary>
public readonly struct Secret(string value) : IEquatable<Secret>
{
    private readonly string? _value = value;

    /// <summary>Whether there is one.</summary>
    public bool IsSet => !string.IsNullOrEmpty(_value);

    /// <summary>The password itself, for the wire or for a configuration file that must hold it.</summary>
    public string Reveal() => _value ?? "";

    /// <inheritdoc/>
    public bool Equals(Secret other) => Reveal() == other.Reveal();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Secret other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Reveal().GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether both are the same password.</summary>
    public static bool operator ==(Secret left, Secret right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Secret left, Secret right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => IsSet ? "(secret)" : "";
}
