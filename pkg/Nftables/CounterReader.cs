// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;

namespace LoadBalancer.Nftables;

/// <summary>Reads the JSON in which libnftables lists counters (libnftables-json(5)).</summary>
public static class CounterReader
{
    /// <summary>Every counter by its name; false when the text is no such list.</summary>
    public static bool TryRead(string json, out ImmutableDictionary<string, CounterValue> counters)
    {
        ImmutableDictionary<string, CounterValue>.Builder found = ImmutableDictionary.CreateBuilder<string, CounterValue>(StringComparer.Ordinal);
        counters = found.ToImmutable();
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("nftables", out JsonElement items) || items.ValueKind != JsonValueKind.Array)
            {
                return false;
            }

            foreach (JsonElement item in items.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("counter", out JsonElement counter) && TryTake(counter, out string name, out CounterValue value))
                {
                    found[name] = value;
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        counters = found.ToImmutable();
        return true;
    }

    private static bool TryTake(JsonElement counter, out string name, out CounterValue value)
    {
        (name, value) = ("", default);
        if (counter.ValueKind != JsonValueKind.Object
            || !counter.TryGetProperty("name", out JsonElement called)
            || called.ValueKind != JsonValueKind.String
            || !counter.TryGetProperty("packets", out JsonElement packets)
            || packets.ValueKind != JsonValueKind.Number
            || !packets.TryGetUInt64(out ulong packetCount)
            || !counter.TryGetProperty("bytes", out JsonElement octets)
            || octets.ValueKind != JsonValueKind.Number
            || !octets.TryGetUInt64(out ulong octetCount))
        {
            return false;
        }

        name = called.GetString() ?? "";
        value = new(packetCount, octetCount);
        return true;
    }
}
