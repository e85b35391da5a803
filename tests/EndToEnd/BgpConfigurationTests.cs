// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace LoadBalancer.EndToEnd;

/// <summary>Each kind of BGP gets its verdict in its status, from the controller that leads.</summary>
[Collection(WorldCollection.Name)]
public sealed class BgpConfigurationTests(World world)
{
    [Fact]
    public async Task EachKind_IsAcceptedOrToldWhyNot_AndMendingOneMendsWhatNamesIt()
    {
        await using var scene = await Scene.OpenAsync(world);
        var name = scene.Pool + "-bgp";
        await scene.ConfigureAsync("BGPPeer", name, Peer("192.0.2.1", "fast-" + name));
        await scene.ConfigureAsync("BGPPeer", name + "-z", Peer("192.0.2.1", null));
        await scene.ConfigureAsync("BGPAdvertisement", name, new JsonObject { ["ipAddressPools"] = new JsonArray(scene.Pool), ["communities"] = new JsonArray("blue-" + name), ["peers"] = new JsonArray(name) });

        Has(await scene.VerdictAsync("BGPPeer", name, "True", "UnresolvedReference"), $"spec.bfdProfile names \"fast-{name}\", and there is no such BFDProfile: the session runs without BFD");
        Has(await scene.VerdictAsync("BGPPeer", name + "-z", "False", "Conflict"), $"has the same spec.peerAddress 192.0.2.1 and spec.peerPort 179 as BGPPeer {name}");
        Has(await scene.VerdictAsync("BGPAdvertisement", name, "True", "UnresolvedReference"), $"spec.communities[0] names \"blue-{name}\", and no Community object defines that name");

        await scene.ConfigureAsync("BFDProfile", "fast-" + name, new JsonObject { ["detectMultiplier"] = 5 });
        await scene.ConfigureAsync("BFDProfile", "echo-" + name, new JsonObject { ["echoMode"] = true });
        await scene.ConfigureAsync("Community", name, new JsonObject { ["communities"] = new JsonArray(new JsonObject { ["name"] = "blue-" + name, ["value"] = "64500:7" }) });
        await scene.ConfigureAsync("Community", name + "-z", new JsonObject { ["communities"] = new JsonArray(new JsonObject { ["name"] = "no-export", ["value"] = "64500:7" }) });

        await scene.VerdictAsync("BGPPeer", name, "True", "Accepted");
        await scene.VerdictAsync("BGPAdvertisement", name, "True", "Accepted");
        await scene.VerdictAsync("BFDProfile", "fast-" + name, "True", "Accepted");
        await scene.VerdictAsync("Community", name, "True", "Accepted");
        Has(await scene.VerdictAsync("BFDProfile", "echo-" + name, "False", "InvalidSpec"), "spec.echoMode is true");
        Has(await scene.VerdictAsync("Community", name + "-z", "False", "InvalidSpec"), "\"no-export\" is a well-known community");

        await world.UntilAsync("the refused peer has an event and stands in the ConfigurationState", Scene.Patience, async () =>
        {
            var events = await scene.ListAsync($"/api/v1/namespaces/{world.Cluster.Namespace}/events");
            if (!events.Any(e => (string?)e["involvedObject"]?["name"] == name + "-z" && (string?)e["reason"] == "Conflict"))
                return "there is no event";
            var summary = (string?)(await scene.GetAsync($"{scene.Collection("ConfigurationState")}/controller"))?["status"]?["errorSummary"] ?? "";
            return summary.Contains(name + "-z", StringComparison.Ordinal) ? null : summary;
        });

        await scene.DeleteAsync($"{scene.Collection("BGPPeer")}/{name}");
        await scene.VerdictAsync("BGPPeer", name + "-z", "True", "Accepted");
    }

    private static JsonObject Peer(string address, string? profile)
    {
        var spec = new JsonObject { ["myASN"] = 64500, ["peerASN"] = 64501, ["peerAddress"] = address };
        if (profile is not null)
            spec["bfdProfile"] = profile;
        return spec;
    }

    private static void Has(string message, string sentence) => Assert.Contains(sentence, message, StringComparison.Ordinal);
}
