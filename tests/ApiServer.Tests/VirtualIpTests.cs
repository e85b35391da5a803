// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace LoadBalancer.ApiServer.Tests;

/// <summary>The VirtualIP definition, as a server takes it: what it refuses, and with which sentence.</summary>
public sealed class VirtualIpTests(Product product) : IClassFixture<Product>
{
    private const string Path = "/apis/loadbalancer.io/v1alpha1/virtualips?dryRun=All&fieldValidation=Strict";

    [Theory]
    [InlineData("""{"addresses":["192.0.2.100"]}""")]
    [InlineData("""{"addresses":["192.0.2.100/24","2001:db8::100/64"],"nodeSelector":{"matchLabels":{"edge":"true"}},"preferredNodes":["a"],"priorities":[{"node":"b","priority":250}],"unicast":true,"preempt":true,"preemptDelay":"30s","virtualMAC":true,"interface":"eth0","advertisementInterval":"100ms","virtualRouterID":51}""")]
    [InlineData("""{"addresses":["192.0.2.100"],"track":{"interfaces":[{"name":"eth1","weight":-20}],"checks":[{"name":"healthz","port":80,"path":"/healthz"},{"name":"ssh","port":22,"address":"127.0.0.1","interval":"500ms"}]},"service":{"namespace":"shop","name":"web","method":"NAT"}}""")]
    [InlineData("""{"addresses":["192.0.2.100"],"vrrpVersion":2,"authSecret":{"name":"vrrp"}}""")]
    [InlineData("""{"addresses":["192.0.2.100"],"accept":false,"deadAfter":5,"announceRefreshInterval":"1m"}""")]
    [InlineData("""{"addresses":["192.0.2.100"],"accept":true,"deadAfter":1,"announceRefreshInterval":"1s"}""")]
    [InlineData("""{"addresses":["192.0.2.100"],"deadAfter":100,"announceRefreshInterval":"1440m"}""")]
    [InlineData("""{"addresses":["192.0.2.100"],"announceRefreshInterval":"1500ms"}""")]
    public async Task VirtualIp_Valid_IsAccepted(string spec)
    {
        (int code, JsonNode body) = await TryAsync(spec);
        Assert.True(code == 201, body.ToJsonString());
    }

    [Theory]
    [InlineData("""{}""", "spec.addresses")]
    [InlineData("""{"addresses":[]}""", "spec.addresses")]
    [InlineData("""{"addresses":["web"]}""", "must be an address such as 192.0.2.100")]
    [InlineData("""{"addresses":["192.0.2.100"],"virtualRouterID":256}""", "spec.virtualRouterID")]
    [InlineData("""{"addresses":["192.0.2.100"],"priorities":[{"node":"a","priority":255}]}""", "priority")]
    [InlineData("""{"addresses":["192.0.2.100"],"advertisementInterval":"5ms"}""", "must be from 10ms to 255s")]
    [InlineData("""{"addresses":["192.0.2.100"],"advertisementInterval":"50s"}""", "vrrpVersion 3 counts up to 40.95s")]
    [InlineData("""{"addresses":["192.0.2.100"],"advertisementInterval":"soon"}""", "spec.advertisementInterval")]
    [InlineData("""{"addresses":["192.0.2.100"],"authSecret":{"name":"vrrp"}}""", "authSecret needs vrrpVersion 2")]
    [InlineData("""{"addresses":["2001:db8::1"],"vrrpVersion":2}""", "vrrpVersion 2 knows IPv4 only")]
    [InlineData("""{"addresses":["192.0.2.100"],"vrrpVersion":2,"advertisementInterval":"500ms"}""", "vrrpVersion 2 counts whole seconds")]
    [InlineData("""{"addresses":["192.0.2.100"],"track":{"scripts":[{"name":"x"}]}}""", "scripts")]
    [InlineData("""{"addresses":["192.0.2.100"],"service":{"name":"web"}}""", "namespace")]
    public async Task VirtualIp_Invalid_IsRefusedByField(string spec, string words)
    {
        (int code, JsonNode body) = await TryAsync(spec);
        Assert.InRange(code, 400, 422);
        Assert.Contains(words, body["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    /// <summary>Of these the field is named, and what is right in its place.</summary>
    [Theory]
    [InlineData("accept", "\"no\"", "must be of type boolean")]
    [InlineData("accept", "0", "must be of type boolean")]
    [InlineData("deadAfter", "0", "should be greater than or equal to 1")]
    [InlineData("deadAfter", "101", "should be less than or equal to 100")]
    [InlineData("deadAfter", "\"3\"", "must be of type integer")]
    [InlineData("deadAfter", "2.5", "must be of type integer")]
    [InlineData("announceRefreshInterval", "\"999ms\"", "must be from 1s to 86400s")]
    [InlineData("announceRefreshInterval", "\"86401s\"", "must be from 1s to 86400s")]
    [InlineData("announceRefreshInterval", "\"0s\"", "must be from 1s to 86400s")]
    [InlineData("announceRefreshInterval", "\"1h\"", "should match '^[0-9]+(\\.[0-9]+)?(ms|s|m)$'")]
    [InlineData("announceRefreshInterval", "60", "must be of type string")]
    public async Task Field_OutOfItsRange_IsRefusedWithWhatItMayBe(string field, string value, string remedy)
    {
        (int code, JsonNode body) = await TryAsync($$"""{"addresses":["192.0.2.100"],"{{field}}":{{value}}}""");
        Assert.Equal(422, code);
        // Where a type is wrong a second cause says that the rules were not looked at.
        JsonNode cause = Assert.Single(body["details"]!["causes"]!.AsArray(), c => (string?)c!["field"] == "spec." + field)!;
        Assert.Contains(remedy, (string?)cause["message"], StringComparison.Ordinal);
        Assert.Contains("spec." + field, (string?)body["message"], StringComparison.Ordinal);
    }

    private Task<(int Code, JsonNode Body)> TryAsync(string spec) => product.Server.PostAsync(Path, new JsonObject
    {
        ["apiVersion"] = "loadbalancer.io/v1alpha1",
        ["kind"] = "VirtualIP",
        ["metadata"] = new JsonObject { ["name"] = "x" },
        ["spec"] = JsonNode.Parse(spec),
    });
}
