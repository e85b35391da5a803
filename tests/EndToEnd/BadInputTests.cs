// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Testing;

namespace LoadBalancer.EndToEnd;

/// <summary>Each mistake gets its sentence where its maker looks for it, and everything else goes on.</summary>
[Collection(WorldCollection.Name)]
public sealed class BadInputTests(World world)
{
    private static CancellationToken Cancellation => World.Cancellation;

    [Fact]
    public async Task Pool_OverlappingAnother_IsRefusedByNameAndTheOtherWorks()
    {
        await using var scene = await Scene.OpenAsync(world);
        await scene.VerdictAsync("IPAddressPool", scene.Pool, "True", "Accepted");
        await scene.PoolAsync(scene.Pool + "-z", "192.0.2.110-192.0.2.150");

        var message = await scene.VerdictAsync("IPAddressPool", scene.Pool + "-z", "False", "OverlappingPool");

        Assert.Contains(scene.Pool + "-z", message, StringComparison.Ordinal);
        Assert.Contains($"IPAddressPool {scene.Pool} ", message, StringComparison.Ordinal);
        Assert.Contains("192.0.2.110-192.0.2.119", message, StringComparison.Ordinal);
        await StillWorksAsync(scene);
    }

    [Fact]
    public async Task ConfigurationState_PoolRefusedAndMended_TellsBoth()
    {
        await using var scene = await Scene.OpenAsync(world);
        await StateAsync(scene, "Valid", "");
        var bad = scene.Pool + "-z";
        await scene.PoolAsync(bad, "192.0.2.110-192.0.2.150");
        await StateAsync(scene, "Invalid", bad);
        await scene.DeleteAsync($"{scene.Collection("IPAddressPool")}/{bad}");
        await StateAsync(scene, "Valid", "");
    }

    [Theory]
    [InlineData("192.0.2.150-192.0.2.140")]
    [InlineData("192.0.2.0/33")]
    [InlineData("2001:db8::/129")]
    [InlineData("192.0.2.150-2001:db8::1")]
    [InlineData("somewhere")]
    [InlineData("")]
    public async Task Pool_WithImpossibleRange_IsRefusedWithFieldAndRemedy(string range)
    {
        await using var scene = await Scene.OpenAsync(world);
        var name = scene.Pool + "-bad";
        var (status, body) = await scene.TryConfigureAsync("IPAddressPool", name, new JsonObject { ["addresses"] = new JsonArray(range) });

        string message;
        if (status == HttpStatusCode.Created)
        {
            message = await scene.VerdictAsync("IPAddressPool", name, "False", "InvalidSpec");
        }
        else
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
            message = (string?)body?["message"] ?? "";
        }

        World.Say(message);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains("spec.addresses[0]", message, StringComparison.Ordinal);
        await StillWorksAsync(scene);
    }

    [Fact]
    public async Task Pool_WithUnknownField_IsRefusedWhenAskedToAndElseTakenWithoutIt()
    {
        await using var scene = await Scene.OpenAsync(world);
        var name = scene.Pool + "-new";
        var spec = new JsonObject { ["addresses"] = new JsonArray("192.0.2.150/32"), ["adresses"] = new JsonArray("192.0.2.151/32") };

        var (strict, body) = await scene.TryConfigureAsync("IPAddressPool", name, (JsonObject)spec.DeepClone(), "?fieldValidation=Strict");
        var (lenient, made) = await scene.TryConfigureAsync("IPAddressPool", name, spec, "?fieldValidation=Ignore");

        Assert.Equal(HttpStatusCode.BadRequest, strict);
        Assert.Contains("adresses", (string?)body?["message"] ?? "", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, lenient);
        Assert.Null(made?["spec"]?["adresses"]);
        await scene.VerdictAsync("IPAddressPool", name, "True", "Accepted");
        await StillWorksAsync(scene);
    }

    [Fact]
    public async Task Advertisement_OfUnknownPool_SaysSoAndWorksForTheRest()
    {
        await using var scene = await Scene.OpenAsync(world);
        await scene.ConfigureAsync("L2Advertisement", scene.Pool + "-more", new JsonObject { ["ipAddressPools"] = new JsonArray("nowhere") });

        var message = await scene.VerdictAsync("L2Advertisement", scene.Pool + "-more", "True", "UnresolvedReference");

        Assert.Contains("nowhere", message, StringComparison.Ordinal);
        await StillWorksAsync(scene);
    }

    [Theory]
    [InlineData("metallb.io/loadBalancerIPs", "192.0.2.250", "LoadBalancerFailed", "192.0.2.250, which is in no IPAddressPool")]
    [InlineData("metallb.io/loadBalancerIPs", "2001:db8:0:1::105", "LoadBalancerFailed", "2001:db8:0:1::105")]
    [InlineData("metallb.io/loadBalancerIPs", "192.0.2.105,2001:db8:0:1::105", "LoadBalancerFailed", "")]
    [InlineData("metallb.io/loadBalancerIPs", "here", "LoadBalancerFailed", "\"here\", which is no IP address")]
    [InlineData("metallb.io/address-pool", "nowhere", "AllocationFailed", "pool \"nowhere\", and there is no such IPAddressPool")]
    public async Task Service_AskingForTheImpossible_IsToldInAnEvent(string annotation, string value, string reason, string sentence)
    {
        await using var scene = await Scene.OpenAsync(world);
        await scene.ServiceAsync("wrong", (metadata, spec) =>
        {
            metadata["annotations"]![annotation] = value;
            spec["ipFamilies"] = new JsonArray("IPv4");
            spec["ipFamilyPolicy"] = "SingleStack";
        });

        var message = await scene.EventAsync("wrong", reason);

        World.Say(message);
        Assert.Contains($"service \"{scene.Namespace}/wrong\"", message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
        await StillWorksAsync(scene);
        Assert.Empty(Scene.Ingress(await scene.GetAsync(scene.ServicePath("wrong"))));
        // What was wrong can be put right.
        await world.Cluster.Admin.PatchAsync(
            scene.ServicePath("wrong"), new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = null } } }, Cancellation);
        await scene.AddressesAsync("wrong");
    }

    [Theory]
    [InlineData("controller")]
    [InlineData("speaker")]
    public async Task Token_ThatIsNotValid_IsReportedAndTheProcessGoesOn(string program)
    {
        await using var scene = await Scene.OpenAsync(world);
        var directory = Directory.CreateTempSubdirectory("lb-e2e-");
        var process = await StartBesideAsync(program, directory.FullName, config =>
            config["users"]![0]!["user"] = new JsonObject { ["token"] = "an-expired-token" });
        try
        {
            await process.WaitForLineAsync("was answered 401", Scene.Patience, Cancellation);
            World.Say(process.Output.Lines.First(l => l.Contains("was answered 401", StringComparison.Ordinal)));
            await StillWorksAsync(scene);
            world.Check(process.IsRunning, $"the {program} with the bad token ended:\n{process.Output.Tail(20)}");
        }
        finally
        {
            await process.DisposeAsync();
            directory.Delete(recursive: true);
        }
    }

    /// <summary>A further daemon beside the others, with the kubeconfig of its kind changed; it serves a class that nobody names.</summary>
    private Task<LabProcess> StartBesideAsync(string program, string directory, Action<JsonObject> edit)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(world.Network.State.Directory, program + ".kubeconfig")))!.AsObject();
        edit(config);
        var file = Path.Combine(directory, "kubeconfig");
        File.WriteAllText(file, config.ToJsonString());
        var running = program == "controller" ? world.Controller(1) : world.Cluster.Speaker(world.Nodes[0]);
        string[] own = program == "controller" ? [] : ["--node-name", "node-beside", "--insecure-heartbeats", "--ml-bindport", "7999"];
        return world.Network.StartProcessAsync(world.Network.Control.Namespace, new LabProcessOptions
        {
            Name = running.Name + "-beside",
            File = Checkout.Program(program),
            Arguments = ["--kubeconfig", file, "--namespace", world.Cluster.Namespace, "--lb-class", "example.test/nobody", "--port", "0", "--health-probe-port", "0", .. own],
            Environment = new Dictionary<string, string> { ["KUBECONFIG"] = "", ["METALLB_ML_SECRET_KEY_PATH"] = "" },
        });
    }

    private Task StateAsync(Scene scene, string result, string names) => world.UntilAsync(
        $"ConfigurationState controller is {result}{(names.Length > 0 ? $" and names {names}" : "")}",
        Scene.Patience,
        async () =>
        {
            var status = (await scene.GetAsync($"{scene.Collection("ConfigurationState")}/controller"))?["status"];
            var condition = status?["conditions"]?.AsArray().FirstOrDefault(c => (string?)c?["type"] == "poolReconcilerValid");
            return (string?)status?["result"] == result && (string?)condition?["status"] == (result == "Valid" ? "True" : "False")
                && ((string?)status?["errorSummary"] ?? "").Contains(names, StringComparison.Ordinal) ? null : status?.ToJsonString() ?? "it is not there";
        });

    private static async Task StillWorksAsync(Scene scene)
    {
        await scene.ServiceAsync("right", static (_, spec) => spec["ipFamilies"] = new JsonArray("IPv4"));
        var address = (await scene.AddressesAsync("right"))[0];
        await scene.EndpointsAsync("right", scene.World.Nodes);
        await scene.AnnouncerAsync(address);
    }
}
