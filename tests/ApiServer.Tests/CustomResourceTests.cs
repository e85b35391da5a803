// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace LoadBalancer.ApiServer.Tests;

public sealed class CustomResourceTests
{
    private const string Unchecked = "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";
    private const string Pools = "/apis/example.com/v1/namespaces/default/pools";

    [Fact]
    public async Task Pool_UnknownField_IsPrunedWarnedOrRefused()
    {
        await using var server = await StartAsync();
        var pool = Pool("""{"addresses":["192.0.2.0/24"],"typo":1}""");
        var (refused, status) = await server.PostAsync(Pools + "?fieldValidation=Strict", pool);
        Assert.Equal(400, refused);
        Assert.Contains("unknown field \"spec.typo\"", (string?)status["message"], StringComparison.Ordinal);
        var (code, stored) = await server.PostAsync(Pools, pool);
        Assert.Equal(201, code);
        Assert.Null(stored["spec"]!["typo"]);
        Assert.True((bool?)stored["spec"]!["autoAssign"]);
    }

    [Theory]
    [InlineData("""{"addresses":["nonsense"]}""", "spec.addresses[0]: Invalid value: \"nonsense\": must be a prefix")]
    [InlineData("""{}""", "spec.addresses: Required value")]
    [InlineData("""{"addresses":[]}""", "spec.addresses: Invalid value: 0: spec.addresses in body should have at least 1 items")]
    [InlineData("""{"addresses":["192.0.2.0/24"],"family":"x"}""", "spec.family: Unsupported value: \"x\": supported values: \"ipv4\", \"ipv6\"")]
    public async Task Pool_BrokenRule_NamesTheFieldPath(string spec, string expected)
    {
        await using var server = await StartAsync();
        var (code, status) = await server.PostAsync(Pools, Pool(spec));
        Assert.Equal(422, code);
        var message = (string?)status["message"];
        Assert.True(message == "Pool.example.com \"p\" is invalid: " + expected || message == $"Pool.example.com \"p\" is invalid: [{expected}, {Unchecked}]", message);
    }

    [Fact]
    public async Task Pool_TransitionRule_IsAskedOnUpdateOnly()
    {
        await using var server = await StartAsync();
        Assert.Equal(201, (await server.PostAsync(Pools, Pool("""{"addresses":["192.0.2.0/24"],"family":"ipv4"}"""))).Code);
        var (code, status) = await server.PatchAsync(Pools + "/p", """{"spec":{"family":"ipv6"}}""");
        Assert.Equal(422, code);
        Assert.Contains("spec.family: Invalid value: \"ipv6\": is immutable", (string?)status["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pool_SpecChanges_BumpGenerationStatusChangesDoNot()
    {
        await using var server = await StartAsync();
        await server.PostAsync(Pools, Pool("""{"addresses":["192.0.2.0/24"]}"""));
        var (_, afterStatus) = await server.PatchAsync(Pools + "/p/status", """{"status":{"free":3}}""");
        Assert.Equal((1, 3), ((int)afterStatus["metadata"]!["generation"]!, (int)afterStatus["status"]!["free"]!));
        var (_, afterSpec) = await server.PatchAsync(Pools + "/p", """{"spec":{"autoAssign":false}}""");
        Assert.Equal(2, (int)afterSpec["metadata"]!["generation"]!);
    }

    [Fact]
    public async Task Definition_RuleThatDoesNotCompile_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        var definition = Definition();
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["x-kubernetes-validations"] = JsonNode.Parse("""[{"rule":"nosuch(self)"}]""");
        var (code, status) = await server.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
        Assert.Equal(422, code);
        Assert.Contains("undeclared reference to 'nosuch'", (string?)status["message"], StringComparison.Ordinal);
    }

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        Assert.Equal(201, (await server.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Definition())).Code);
        return server;
    }

    private static JsonObject Pool(string spec) =>
        new() { ["apiVersion"] = "example.com/v1", ["kind"] = "Pool", ["metadata"] = new JsonObject { ["name"] = "p" }, ["spec"] = JsonNode.Parse(spec) };

    private static JsonObject Definition() => (JsonObject)JsonNode.Parse("""
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"pools.example.com"},
         "spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"pools","kind":"Pool"},
         "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
          "schema":{"openAPIV3Schema":{"type":"object","properties":{
            "spec":{"type":"object","required":["addresses"],"properties":{
              "addresses":{"type":"array","minItems":1,"items":{"type":"string","x-kubernetes-validations":[{"rule":"isCIDR(self) || self.split('-').all(x, isIP(x.trim()))","message":"must be a prefix"}]}},
              "family":{"type":"string","enum":["ipv4","ipv6"],"x-kubernetes-validations":[{"rule":"self == oldSelf","message":"is immutable"}]},
              "autoAssign":{"type":"boolean","default":true}}},
            "status":{"type":"object","properties":{"free":{"type":"integer","format":"int64"}}}}}}}]}}
        """)!;
}
