// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Configuration;

/// <summary>
/// How a node's element of BGPPeer.status.sessions is written and removed: by server-side apply under a name of the node's own. The
/// server joins the elements of all nodes by their key, so that nobody has to read, or to wait for, what others write.
/// </summary>
public static class SessionApply
{
    // The most the API server takes.
    private const int MostManagerChars = 128;

    /// <summary>Options of the patch that writes a node's element.</summary>
    public static PatchOptions OptionsOf(string node) => new("status", ManagerOf(node), Force: true);

    /// <summary>Takes out what a node has written, and nothing else; a BGPPeer that is not there has nothing to take out.</summary>
    public static async Task RemoveAsync(ApiClient client, string @namespace, string peer, string node, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(client);
        try
        {
            await client.PatchAsync(
                Kinds.BGPPeer,
                @namespace,
                peer,
                PatchType.Apply,
                (@namespace, peer),
                static (writer, state) =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("apiVersion"u8, "metallb.io/v1beta2"u8);
                    writer.WriteString("kind"u8, "BGPPeer"u8);
                    writer.WriteStartObject("metadata"u8);
                    writer.WriteString("name"u8, state.peer);
                    writer.WriteString("namespace"u8, state.@namespace);
                    writer.WriteEndObject();
                    writer.WriteStartObject("status"u8);
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                },
                OptionsOf(node),
                cancellation).ConfigureAwait(false);
        }
        catch (ApiException fault) when (fault.IsNotFound)
        {
            // It went with all it held.
        }
    }

    private static string ManagerOf(string node)
    {
        string manager = $"speaker-{node}";
        return manager.Length <= MostManagerChars ? manager : "speaker-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(node)));
    }
}
