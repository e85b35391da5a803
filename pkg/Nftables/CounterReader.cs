// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables;

/// <summary>Reads the JSON in which libnftables lists counters, and sets whose elements have some (libnftables-json(5)).</summary>
public static class CounterReader
{
    /// <summary>Every counter by its name; false when one of the texts is no such list.</summary>
    public static bool TryRead(IEnumerable<string> texts, out ImmutableDictionary<string, CounterValue> counters)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ImmutableDictionary<string, CounterValue>.Builder found = ImmutableDictionary.CreateBuilder<string, CounterValue>(StringComparer.Ordinal);
        counters = found.ToImmutable();
        foreach (string text in texts)
        {
            if (!TryRead(text, found))
            {
                return false;
            }
        }

        // What was refused was asked for, too.
        foreach ((string name, CounterValue refused) in found.ToImmutable())
        {
            string asked = name.Length > 2 && name[0] == 'r' ? NftNames.Connections(name[2..]) : "";
            if (found.TryGetValue(asked, out CounterValue all))
            {
                found[asked] = new(all.Packets - Math.Min(all.Packets, refused.Packets), all.Bytes - Math.Min(all.Bytes, refused.Bytes));
            }
        }

        counters = found.ToImmutable();
        return true;
    }

    private static bool TryRead(string text, ImmutableDictionary<string, CounterValue>.Builder found)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("nftables", out JsonElement items) || items.ValueKind != JsonValueKind.Array)
            {
                return false;
            }

            foreach (JsonElement item in items.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object)
                {
                    continue;
                }

                if (item.TryGetProperty("set", out JsonElement set) || item.TryGetProperty("map", out set))
                {
                    TakeSet(set, found);
                }
                else if (item.TryGetProperty("counter", out JsonElement named))
                {
                    TakeNamed(item, named, found);
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // A counter of its own is called what it counts.
    private static void TakeNamed(JsonElement item, JsonElement named, ImmutableDictionary<string, CounterValue>.Builder found)
    {
        if (named.ValueKind == JsonValueKind.Object
            && named.TryGetProperty("name", out JsonElement name)
            && name.ValueKind == JsonValueKind.String
            && TryTake(item, out CounterValue count))
        {
            found[name.GetString()!] = count;
        }
    }

    private static void TakeSet(JsonElement set, ImmutableDictionary<string, CounterValue>.Builder found)
    {
        if (set.ValueKind != JsonValueKind.Object
            || !set.TryGetProperty("name", out JsonElement name)
            || name.ValueKind != JsonValueKind.String
            || !set.TryGetProperty("elem", out JsonElement elements)
            || elements.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        string kind = name.GetString()!.TrimEnd('4', '6');
        foreach (JsonElement entry in elements.EnumerateArray())
        {
            // Of a map it is a pair of key and value.
            JsonElement key = entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() > 0 ? entry[0] : entry;
            if (key.ValueKind == JsonValueKind.Object
                && key.TryGetProperty("elem", out JsonElement element)
                && element.ValueKind == JsonValueKind.Object
                && element.TryGetProperty("val", out JsonElement value)
                && TryName(kind, value, out string counter)
                && TryTake(element, out CounterValue count))
            {
                found[counter] = count;
            }
        }
    }

    // Keys are address, protocol and port of the service, then address and port of the endpoint; of every port without ports.
    private static bool TryName(string kind, JsonElement value, out string name)
    {
        name = "";
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("concat", out JsonElement parts) || parts.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        bool isEvery = kind.StartsWith("every", StringComparison.Ordinal);
        int length = parts.GetArrayLength();
        int service = isEvery ? 2 : 3;
        if (length < service || !TryAddress(parts[0], out IpAddr vip) || !TryProtocol(parts[1], out TransportProtocol protocol) || !TryPort(parts, isEvery ? -1 : 2, out ushort port))
        {
            return false;
        }

        ServiceKey key = new(vip, protocol, port);
        string subject = NftNames.Service(key);
        if (length > service)
        {
            if (!TryAddress(parts[service], out IpAddr address) || !TryPort(parts, isEvery ? -1 : service + 1, out ushort endpointPort))
            {
                return false;
            }

            subject = NftNames.Endpoint(key, new(address, endpointPort));
        }

        name = (isEvery ? kind[5..] : kind) switch
        {
            "services" or "connections" => NftNames.Connections(subject),
            "refused" => NftNames.Refusals(subject),
            "traffic" or "endpoints" => NftNames.Traffic(subject),
            _ => "",
        };
        return name.Length > 0;
    }

    private static bool TryAddress(JsonElement part, out IpAddr address)
    {
        address = default;
        return part.ValueKind == JsonValueKind.String && IpAddr.TryParse(part.GetString(), out address);
    }

    private static bool TryProtocol(JsonElement part, out TransportProtocol protocol)
    {
        (bool isKnown, protocol) = part.ValueKind == JsonValueKind.String
            ? part.GetString() switch
            {
                "tcp" => (true, TransportProtocol.Tcp),
                "udp" => (true, TransportProtocol.Udp),
                "sctp" => (true, TransportProtocol.Sctp),
                _ => (false, default),
            }
            : (false, default);
        return isKnown;
    }

    private static bool TryPort(JsonElement parts, int index, out ushort port)
    {
        port = 0;
        return index < 0 || (index < parts.GetArrayLength() && parts[index].ValueKind == JsonValueKind.Number && parts[index].TryGetUInt16(out port));
    }

    private static bool TryTake(JsonElement element, out CounterValue value)
    {
        value = default;
        if (!element.TryGetProperty("counter", out JsonElement counter)
            || counter.ValueKind != JsonValueKind.Object
            || !counter.TryGetProperty("packets", out JsonElement packets)
            || packets.ValueKind != JsonValueKind.Number
            || !packets.TryGetUInt64(out ulong packetCount)
            || !counter.TryGetProperty("bytes", out JsonElement octets)
            || octets.ValueKind != JsonValueKind.Number
            || !octets.TryGetUInt64(out ulong octetCount))
        {
            return false;
        }

        value = new(packetCount, octetCount);
        return true;
    }
}
