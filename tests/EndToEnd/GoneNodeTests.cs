// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.EndToEnd;

/// <summary>What speakers wrote of a node goes with it: nobody else would ever remove it.</summary>
[Collection(WorldCollection.Name)]
public sealed class GoneNodeTests(World world)
{
    // The grace of ten seconds, a lease that another has to take, and a machine that is busy.
    private static readonly TimeSpan Removal = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => World.Cancellation;

    [Fact]
    public async Task Node_Deleted_TakesItsSessionsAndStatusesAlongAndNobodyElses()
    {
        await using var scene = await Scene.OpenAsync(world);
        var (gone, stays) = (scene.Pool + "-gone", scene.Pool + "-stays");
        using var client = new ApiClient(KubeConfig.Load(world.Cluster.AdminKubeConfig), new ApiClientOptions(), TimeProvider.System, new Random(1));
        foreach (var node in new[] { gone, stays })
            await world.Cluster.Admin.CreateAsync(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["metadata"] = new JsonObject { ["name"] = node } }, Cancellation);
        await PeerAsync(scene);
        foreach (var node in new[] { gone, stays })
            await WriteAsync(client, scene, node);
        await world.AlwaysAsync("what is written of nodes that exist stays", TimeSpan.FromSeconds(2), async () =>
            await TracesAsync(scene) is var found && found.Length == 6 ? null : $"there is {string.Join(", ", found)}");

        await scene.DeleteAsync($"/api/v1/nodes/{gone}");

        await world.UntilAsync("only what is written of the other node is left", Removal, async () =>
        {
            var found = await TracesAsync(scene);
            return found.Any(f => f.EndsWith(gone, StringComparison.Ordinal)) ? $"there is {string.Join(", ", found)}" : null;
        });
        Assert.Equal([$"servicebgpstatus {stays}", $"servicel2status {stays}", $"session {stays}"], await TracesAsync(scene));
        await scene.DeleteAsync($"/api/v1/nodes/{stays}");
    }

    [Fact]
    public async Task Node_DeletedWhileNobodyLooked_IsMissedByTheNextThatLeads()
    {
        await using var scene = await Scene.OpenAsync(world);
        var gone = scene.Pool + "-gone";
        using var client = new ApiClient(KubeConfig.Load(world.Cluster.AdminKubeConfig), new ApiClientOptions(), TimeProvider.System, new Random(1));
        await PeerAsync(scene);
        world.Controller(await world.WaitForLeaderAsync()).Kill();
        await WriteAsync(client, scene, gone);

        await world.UntilAsync("nothing is left", Removal, async () =>
            await TracesAsync(scene) is var found && found.Length == 0 ? null : $"there is {string.Join(", ", found)}");
    }

    // Of no node of the lab, so that no speaker has a session with it.
    private static Task PeerAsync(Scene scene) => scene.ConfigureAsync("BGPPeer", scene.Pool, new JsonObject
    {
        ["myASN"] = 64500,
        ["peerASN"] = 64501,
        ["peerAddress"] = "192.0.2.250",
        ["nodeSelectors"] = new JsonArray(new JsonObject { ["matchLabels"] = new JsonObject { ["none"] = "such" } }),
    });

    private async Task WriteAsync(ApiClient client, Scene scene, string node)
    {
        var space = world.Cluster.Namespace;
        var name = $"{node}-status";
        await client.CreateAsync(Kinds.ServiceL2Status, new ServiceL2Status { Metadata = new() { Name = name, Namespace = space } }, Cancellation);
        await client.CreateAsync(Kinds.ServiceBGPStatus, new ServiceBGPStatus { Metadata = new() { Name = name, Namespace = space } }, Cancellation);
        await PatchAsync(client, Kinds.ServiceL2Status, name, PatchType.Merge, PatchOptions.Status, StatusOf(scene, node));
        await PatchAsync(client, Kinds.ServiceBGPStatus, name, PatchType.Merge, PatchOptions.Status, StatusOf(scene, node));
        await PatchAsync(client, Kinds.BGPPeer, scene.Pool, PatchType.Apply, new PatchOptions("status", "speaker-" + node, Force: true), new JsonObject
        {
            ["apiVersion"] = "metallb.io/v1beta2",
            ["kind"] = "BGPPeer",
            ["metadata"] = new JsonObject { ["name"] = scene.Pool, ["namespace"] = space },
            ["status"] = new JsonObject { ["sessions"] = new JsonArray(new JsonObject { ["node"] = node, ["state"] = "Established" }) },
        });
    }

    private static JsonObject StatusOf(Scene scene, string node) => new()
    {
        ["status"] = new JsonObject { ["node"] = node, ["serviceName"] = "none", ["serviceNamespace"] = scene.Namespace },
    };

    private Task PatchAsync<T>(ApiClient client, ResourceKind<T> kind, string name, PatchType type, PatchOptions options, JsonObject body)
        where T : class, IKubeObject =>
        client.PatchAsync(kind, world.Cluster.Namespace, name, type, body, static (writer, content) => content.WriteTo(writer), options, Cancellation);

    private async Task<string[]> TracesAsync(Scene scene)
    {
        List<string> found = [];
        foreach (var kind in new[] { "servicel2status", "servicebgpstatus" })
        {
            found.AddRange((await scene.ListAsync($"/apis/metallb.io/v1beta1/namespaces/{world.Cluster.Namespace}/{kind}es"))
                .Where(s => (string?)s["status"]?["serviceNamespace"] == scene.Namespace).Select(s => $"{kind} {s["status"]!["node"]}"));
        }

        var peer = await scene.GetAsync($"/apis/metallb.io/v1beta2/namespaces/{world.Cluster.Namespace}/bgppeers/{scene.Pool}");
        found.AddRange((peer?["status"]?["sessions"]?.AsArray() ?? []).Select(s => $"session {s!["node"]}"));
        return [.. found.Order(StringComparer.Ordinal)];
    }
}
