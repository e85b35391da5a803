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
    [InlineData("""{"addresses":["192.0.2.100"],"accept":"no"}""", "spec.accept")]
    [InlineData("""{"addresses":["192.0.2.100"],"deadAfter":0}""", "spec.deadAfter")]
    [InlineData("""{"addresses":["192.0.2.100"],"announceRefreshInterval":"10ms"}""", "must be from 1s to 86400s")]
    public async Task VirtualIp_Invalid_IsRefusedByField(string spec, string words)
    {
        (int code, JsonNode body) = await TryAsync(spec);
        Assert.InRange(code, 400, 422);
        Assert.Contains(words, body["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private Task<(int Code, JsonNode Body)> TryAsync(string spec) => product.Server.PostAsync(Path, new JsonObject
    {
        ["apiVersion"] = "loadbalancer.io/v1alpha1",
        ["kind"] = "VirtualIP",
        ["metadata"] = new JsonObject { ["name"] = "x" },
        ["spec"] = JsonNode.Parse(spec),
    });
}
