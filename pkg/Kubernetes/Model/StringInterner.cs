// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>
/// A bounded, lossy table of short strings looked up by their UTF-8 octets, so that a repeated value costs no allocation.
/// Two threads may race for one slot: a reference write is atomic and each entry is checked in full, so the loser only
/// allocates once more.
/// </summary>
internal static class StringInterner
{
    private const int Slots = 8192;
    private const int MaxOctets = 128;

    private static readonly string?[] Table = new string?[Slots];

    internal static string Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            throw new JsonException("expected a string");
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length > MaxOctets) return reader.GetString()!;
        var octets = reader.ValueSpan;
        if (octets.IsEmpty) return "";
        var hash = new HashCode();
        hash.AddBytes(octets);
        ref var slot = ref Table[(uint)hash.ToHashCode() % Slots];
        var found = slot;
        if (found is not null && found.Length <= octets.Length && Matches(found, octets)) return found;
        return slot = reader.GetString()!;
    }

    private static bool Matches(string text, ReadOnlySpan<byte> octets)
    {
        Span<byte> own = stackalloc byte[MaxOctets];
        return Encoding.UTF8.TryGetBytes(text, own[..octets.Length], out var written) && own[..written].SequenceEqual(octets);
    }
}
