// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Configuration;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// Writes this node's element of BGPPeer.status.sessions, see <see cref="SessionApply"/>.
/// </summary>
internal sealed class SessionWriter(ApiClient client, string node, CancellationToken ended)
{
    private readonly PatchOptions _options = SessionApply.OptionsOf(node);

    /// <summary>Writes the element, or with none takes it out.</summary>
    public Task PutAsync(string @namespace, string name, BGPSession? session) => client.PatchAsync(
        Kinds.BGPPeer, @namespace, name, PatchType.Apply, (@namespace, name, session), static (writer, state) => Write(writer, state.@namespace, state.name, state.session), _options, ended);

    private static void Write(Utf8JsonWriter writer, string @namespace, string name, BGPSession? session)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, "metallb.io/v1beta2"u8);
        writer.WriteString("kind"u8, "BGPPeer"u8);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("name"u8, name);
        writer.WriteString("namespace"u8, @namespace);
        writer.WriteEndObject();
        writer.WriteStartObject("status"u8);
        if (session is not null)
        {
            writer.WriteStartArray("sessions"u8);
            Write(writer, session);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, BGPSession session)
    {
        writer.WriteStartObject();
        writer.WriteString("node"u8, session.Node);
        writer.WriteString("state"u8, session.State);
        if (session.Since is { } since)
            writer.WriteString("since"u8, since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        Text(writer, "lastError", session.LastError);
        Number(writer, "peerASN", session.PeerAsn);
        Text(writer, "routerID", session.RouterId);
        Texts(writer, "families", session.Families);
        Texts(writer, "capabilities", session.Capabilities);
        Number(writer, "prefixesSent", session.PrefixesSent);
        Number(writer, "prefixesReceived", session.PrefixesReceived);
        Text(writer, "bfdState", session.BfdState);
        if (session.DynamicPeers.Count > 0)
        {
            writer.WriteStartArray("dynamicPeers"u8);
            foreach (BGPDynamicPeer peer in session.DynamicPeers)
                Write(writer, peer);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, BGPDynamicPeer peer)
    {
        writer.WriteStartObject();
        writer.WriteString("address"u8, peer.Address);
        writer.WriteString("state"u8, peer.State);
        Number(writer, "peerASN", peer.PeerAsn);
        Text(writer, "lastError", peer.LastError);
        Text(writer, "bfdState", peer.BfdState);
        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    private static void Number(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
    }

    private static void Texts(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            return;
        writer.WriteStartArray(name);
        foreach (string value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
