// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace LoadBalancer.ApiServer.Tests;

public sealed class WriteTests
{
    [Fact]
    public async Task Update_StaleResourceVersion_Conflicts()
    {
        await using var server = await TestServer.StartAsync();
        var (created, service) = await server.PostAsync(TestServer.Services, TestServer.Service("a"));
        Assert.Equal(201, created);
        await server.PatchAsync(TestServer.Services + "/a", """{"metadata":{"labels":{"x":"y"}}}""");
        var (code, status) = await server.SendAsync(HttpMethod.Put, TestServer.Services + "/a", service);
        Assert.Equal(409, code);
        Assert.Equal("Conflict", (string?)status["reason"]);
        Assert.StartsWith("Operation cannot be fulfilled on services \"a\": the object has been modified", (string?)status["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusPatch_WithSpecInIt_ChangesStatusOnly()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(TestServer.Services, TestServer.Service("a", """{"type":"LoadBalancer","ports":[{"port":80}]}"""));
        var (code, service) = await server.PatchAsync(TestServer.Services + "/a/status", """{"spec":{"externalTrafficPolicy":"Local"},"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.7"}]}}}""");
        Assert.Equal(200, code);
        Assert.Equal("Cluster", (string?)service["spec"]!["externalTrafficPolicy"]);
        Assert.Equal("VIP", (string?)service["status"]!["loadBalancer"]!["ingress"]![0]!["ipMode"]);
        var (_, main) = await server.PatchAsync(TestServer.Services + "/a", """{"status":{"loadBalancer":{"ingress":null}}}""");
        Assert.Equal("192.0.2.7", (string?)main["status"]!["loadBalancer"]!["ingress"]![0]!["ip"]);
    }

    [Fact]
    public async Task Patch_ChangingNothing_KeepsTheRevision()
    {
        await using var server = await TestServer.StartAsync();
        var (_, first) = await server.PostAsync(TestServer.Services, TestServer.Service("a"));
        var (_, second) = await server.PatchAsync(TestServer.Services + "/a", """{"spec":{"type":"ClusterIP"}}""");
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)second["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Create_Twice_AlreadyExists_And_MissingNamespace_NotFound()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(TestServer.Services, TestServer.Service("a"));
        var (code, status) = await server.PostAsync(TestServer.Services, TestServer.Service("a"));
        Assert.Equal((409, "AlreadyExists"), (code, (string?)status["reason"]));
        (code, status) = await server.PostAsync("/api/v1/namespaces/none/services", TestServer.Service("a"));
        Assert.Equal((404, "namespaces \"none\" not found"), (code, (string?)status["message"]));
    }

    [Fact]
    public async Task Delete_WithFinalizer_WaitsForItsRemoval()
    {
        await using var server = await TestServer.StartAsync();
        var service = TestServer.Service("a");
        service["metadata"]!["finalizers"] = new JsonArray("example.com/hold");
        await server.PostAsync(TestServer.Services, service);
        var (code, held) = await server.SendAsync(HttpMethod.Delete, TestServer.Services + "/a");
        Assert.Equal(200, code);
        Assert.NotNull(held["metadata"]!["deletionTimestamp"]);
        Assert.Equal(200, (await server.GetAsync(TestServer.Services + "/a")).Code);
        await server.PatchAsync(TestServer.Services + "/a", """{"metadata":{"finalizers":null}}""");
        Assert.Equal(404, (await server.GetAsync(TestServer.Services + "/a")).Code);
    }

    [Fact]
    public async Task Namespace_Deleted_TakesItsContentsAlong()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync("/api/v1/namespaces", JsonNode.Parse("""{"metadata":{"name":"n"}}""")!);
        await server.PostAsync("/api/v1/namespaces/n/services", TestServer.Service("a"));
        await server.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/n");
        Assert.Equal(404, (await server.GetAsync("/api/v1/namespaces/n")).Code);
        Assert.Empty((await server.GetAsync("/api/v1/namespaces/n/services")).Body["items"]!.AsArray());
    }

    [Fact]
    public async Task Service_TypeLeavesLoadBalancer_StatusIsWiped()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(TestServer.Services, TestServer.Service("a", """{"type":"LoadBalancer","loadBalancerClass":"x/y","ports":[{"port":80}]}"""));
        await server.PatchAsync(TestServer.Services + "/a/status", """{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.7"}]}}}""");
        var (classCode, refusal) = await server.PatchAsync(TestServer.Services + "/a", """{"spec":{"loadBalancerClass":"z/z"}}""");
        Assert.Equal(422, classCode);
        Assert.Contains("may not change once set", (string?)refusal["message"], StringComparison.Ordinal);
        var (code, changed) = await server.PatchAsync(TestServer.Services + "/a", """{"spec":{"type":"ClusterIP"}}""");
        Assert.Equal(200, code);
        Assert.Null(changed["status"]!["loadBalancer"]!["ingress"]);
        Assert.Null(changed["spec"]!["ports"]![0]!["nodePort"]);
    }

    [Fact]
    public async Task Service_TwoPortsWithoutNames_IsInvalidWithCauses()
    {
        await using var server = await TestServer.StartAsync();
        var (code, status) = await server.PostAsync(TestServer.Services, TestServer.Service("a", """{"ports":[{"port":80},{"port":443}]}"""));
        Assert.Equal(422, code);
        Assert.Equal("spec.ports[0].name", (string?)status["details"]!["causes"]![0]!["field"]);
        Assert.Equal("Service \"a\" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value]", (string?)status["message"]);
    }

    [Fact]
    public async Task Service_DualStackRequired_GetsBothFamilies()
    {
        await using var server = await TestServer.StartAsync();
        var (_, service) = await server.PostAsync(TestServer.Services, TestServer.Service("a", """{"ipFamilyPolicy":"RequireDualStack","ports":[{"port":80}]}"""));
        Assert.Equal(["IPv4", "IPv6"], service["spec"]!["ipFamilies"]!.AsArray().Select(f => (string?)f));
        Assert.StartsWith("2001:db8:5eca::", (string?)service["spec"]!["clusterIPs"]![1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataFile_Reopened_RevisionsContinue()
    {
        var file = Path.GetTempFileName();
        try
        {
            string? before;
            await using (var server = await TestServer.StartAsync(new ApiServerOptions { DataFile = file }))
            {
                await server.PostAsync(TestServer.Services, TestServer.Service("a"));
                before = (string?)(await server.GetAsync(TestServer.Services)).Body["metadata"]!["resourceVersion"];
            }

            await using (var server = await TestServer.StartAsync(new ApiServerOptions { DataFile = file }))
            {
                Assert.Equal(200, (await server.GetAsync(TestServer.Services + "/a")).Code);
                Assert.Equal(before, (string?)(await server.GetAsync(TestServer.Services)).Body["metadata"]!["resourceVersion"]);
                var (code, _) = await server.PostAsync(TestServer.Services, TestServer.Service("b"));
                Assert.Equal(201, code);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
