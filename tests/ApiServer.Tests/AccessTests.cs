// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Faults;

namespace LoadBalancer.ApiServer.Tests;

public sealed class AccessTests
{
    [Fact]
    public async Task ServiceAccount_WithoutRole_IsRefusedInTheRealWords()
    {
        await using var server = await TestServer.StartAsync();
        server.Server.Apply(Account());
        using var client = server.Client(server.Server.IssueToken("default", "speaker", TimeSpan.FromMinutes(10)));
        var (code, status) = await server.SendAsync(HttpMethod.Get, "/api/v1/services", client: client);
        Assert.Equal(403, code);
        Assert.Equal("services is forbidden: User \"system:serviceaccount:default:speaker\" cannot list resource \"services\" in API group \"\" at the cluster scope", (string?)status["message"]);
    }

    [Fact]
    public async Task ServiceAccount_WithStatusRole_MayPatchStatusOnly()
    {
        await using var server = await TestServer.StartAsync();
        server.Server.Apply(Account());
        server.Server.Apply((JsonObject)JsonNode.Parse("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["services/status"],"verbs":["patch"]}]}""")!);
        server.Server.Apply((JsonObject)JsonNode.Parse("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"r"},"subjects":[{"kind":"ServiceAccount","name":"speaker","namespace":"default"}]}""")!);
        await server.PostAsync(TestServer.Services, TestServer.Service("a"));
        using var client = server.Client(server.Server.IssueToken("default", "speaker", TimeSpan.FromMinutes(10)));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Patch, TestServer.Services + "/a/status", new JsonObject(), "application/merge-patch+json", client)).Code);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Patch, TestServer.Services + "/a", new JsonObject(), "application/merge-patch+json", client)).Code);
    }

    [Fact]
    public async Task Token_ExpiredOrUnknown_IsUnauthorized()
    {
        await using var server = await TestServer.StartAsync();
        server.Server.Apply(Account());
        using var expired = server.Client(server.Server.IssueToken("default", "speaker", TimeSpan.Zero));
        using var unknown = server.Client("nonsense");
        Assert.Equal(401, (await server.SendAsync(HttpMethod.Get, "/api/v1/services", client: expired)).Code);
        Assert.Equal(401, (await server.SendAsync(HttpMethod.Get, "/api/v1/services", client: unknown)).Code);
    }

    [Fact]
    public async Task TokenRequest_Issued_IsAcceptedAndReviewed()
    {
        await using var server = await TestServer.StartAsync();
        server.Server.Apply(Account());
        var (code, issued) = await server.PostAsync("/api/v1/namespaces/default/serviceaccounts/speaker/token", JsonNode.Parse("""{"spec":{"expirationSeconds":600}}""")!);
        Assert.Equal(201, code);
        var (_, review) = await server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", new JsonObject { ["spec"] = new JsonObject { ["token"] = (string?)issued["status"]!["token"] } });
        Assert.Equal("system:serviceaccount:default:speaker", (string?)review["status"]!["user"]!["username"]);
    }

    [Fact]
    public async Task Fault_CountedTooManyRequests_StrikesThatOftenWithRetryAfter()
    {
        await using var server = await TestServer.StartAsync();
        server.Server.Faults.Add(new Fault(FaultKind.TooManyRequests) { Verb = "list", Resource = "services", Count = 1, RetryAfterSeconds = 3 });
        using var struck = await server.Admin.GetAsync(TestServer.Services, TestContext.Current.CancellationToken);
        Assert.Equal(429, (int)struck.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), struck.Headers.RetryAfter!.Delta);
        Assert.Equal(200, (await server.GetAsync(TestServer.Services)).Code);
    }

    private static JsonObject Account() =>
        (JsonObject)JsonNode.Parse("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"speaker","namespace":"default"}}""")!;
}
