// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Protobuf;

/// <summary>Reads the protobuf bodies kubectl's create and can-i commands send, for the kinds they are used with here.</summary>
public static class ProtobufDecoder
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    // number:name:type with s text, i integer, b flag, m map of texts, a type of this table; * repeats; "-" skips.
    private static readonly Dictionary<string, string[]> Messages = new(StringComparer.Ordinal)
    {
        ["Meta"] = ["1:name:s", "2:generateName:s", "3:namespace:s", "5:uid:s", "6:resourceVersion:s", "11:labels:m", "12:annotations:m", "14:finalizers:s*"],
        ["Namespace"] = ["1:metadata:Meta"],
        ["ServiceAccount"] = ["1:metadata:Meta"],
        ["ConfigMap"] = ["1:metadata:Meta", "2:data:m"],
        ["TokenRequest"] = ["1:metadata:Meta", "2:spec:TokenSpec"],
        ["TokenSpec"] = ["1:audiences:s*", "4:expirationSeconds:i"],
        ["SelfSubjectAccessReview"] = ["1:metadata:Meta", "2:spec:AccessSpec"],
        ["SelfSubjectReview"] = ["1:metadata:Meta"],
        ["AccessSpec"] = ["1:resourceAttributes:Attributes", "2:nonResourceAttributes:PathAttributes"],
        ["Attributes"] = ["1:namespace:s", "2:verb:s", "3:group:s", "4:version:s", "5:resource:s", "6:subresource:s", "7:name:s"],
        ["PathAttributes"] = ["1:path:s", "2:verb:s"],
        ["Service"] = ["1:metadata:Meta", "2:spec:ServiceSpec"],
        ["ServiceSpec"] = ["1:ports:Port*", "2:selector:m", "3:clusterIP:s", "4:type:s", "5:externalIPs:s*", "7:sessionAffinity:s", "8:loadBalancerIP:s", "10:externalName:s"],
        ["Port"] = ["1:name:s", "2:protocol:s", "3:port:i", "4:targetPort:IntOrText", "5:nodePort:i"],
        ["IntOrText"] = ["1:type:i", "2:number:i", "3:text:s"],
        ["DeleteOptions"] = ["1:gracePeriodSeconds:i", "4:propagationPolicy:s", "5:dryRun:s*"],
        ["Envelope"] = ["1:type:TypeMeta", "2:raw:x"],
        ["TypeMeta"] = ["1:apiVersion:s", "2:kind:s"],
    };

    /// <summary>The object in an envelope; false for kinds this server does not read in this form.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> body, out JsonObject node)
    {
        node = [];
        if (!body.StartsWith("k8s\0"u8) || !TryMessage(body[4..], "Envelope", out var envelope, out var raw))
            return false;
        var kind = envelope.Text("type", "kind") ?? "";
        if (!Messages.ContainsKey(kind) || kind is "Meta" or "Envelope" || !TryMessage(raw, kind, out node, out _))
            return false;
        node["kind"] = kind;
        node["apiVersion"] = envelope.Text("type", "apiVersion");
        return true;
    }

    private static bool TryMessage(ReadOnlySpan<byte> bytes, string type, out JsonObject node, out ReadOnlySpan<byte> raw)
    {
        node = [];
        raw = default;
        while (bytes.Length > 0)
        {
            if (!TryVarint(ref bytes, out var tag))
                return false;
            var field = Messages[type].Select(f => f.Split(':')).FirstOrDefault(f => f[0] == (tag >> 3).ToString(System.Globalization.CultureInfo.InvariantCulture));
            switch (tag & 7)
            {
                case 0:
                    if (!TryVarint(ref bytes, out var number))
                        return false;
                    if (field is [_, var name, "i"] && number != 0)
                        node[name] = (long)number;
                    break;
                case 2:
                    if (!TryVarint(ref bytes, out var length) || length > (ulong)bytes.Length)
                        return false;
                    var part = bytes[..(int)length];
                    bytes = bytes[(int)length..];
                    if (field is [_, _, "x"])
                        raw = part;
                    else if (field is not null && !TryField(node, field, part))
                        return false;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool TryField(JsonObject node, string[] field, ReadOnlySpan<byte> part)
    {
        var name = field[1];
        switch (field[2])
        {
            case "s":
                if (part.Length > 0)
                    node[name] = Encoding.UTF8.GetString(part);
                return true;
            case "s*":
                List(node, name).Add(Encoding.UTF8.GetString(part));
                return true;
            case "m":
                return TryEntry(node.Child(name), part);
            default:
                if (!TryMessage(part, field[2].TrimEnd('*'), out var inner, out _))
                    return false;
                if (field[2].EndsWith('*'))
                    List(node, name).Add(inner);
                else if (field[2] == "IntOrText")
                    node[name] = inner.Whole("type") == 1 ? inner.Text("text") : inner.Whole("number");
                else
                    node[name] = inner;
                return true;
        }
    }

    private static JsonArray List(JsonObject node, string name)
    {
        if (node[name] is JsonArray list)
            return list;
        list = [];
        node[name] = list;
        return list;
    }

    private static bool TryEntry(JsonObject map, ReadOnlySpan<byte> bytes)
    {
        var texts = new string[] { "", "" };
        while (bytes.Length > 0)
        {
            if (!TryVarint(ref bytes, out var tag) || tag is not (10 or 18) || !TryVarint(ref bytes, out var length) || length > (ulong)bytes.Length)
                return false;
            texts[tag == 10 ? 0 : 1] = Encoding.UTF8.GetString(bytes[..(int)length]);
            bytes = bytes[(int)length..];
        }

        map[texts[0]] = texts[1];
        return true;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] >= 0x80)
                continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }
}
