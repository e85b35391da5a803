// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Tests;

public sealed class KubectlTests : IAsyncLifetime
{
    private EmbeddedApiServer? _server;
    private Kubectl? _kubectl;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedApiServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        _kubectl = new Kubectl(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _kubectl?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task Kubectl_AppliesTwiceGetsPatchesAndDeletes_AsOnACluster()
    {
        Kubectl.SkipWithout();
        var manifest = Path.Combine(_kubectl!.Home, "web.yaml");
        await File.WriteAllTextAsync(manifest, "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: LoadBalancer, ports: [{name: a, port: 80}, {name: b, port: 443}]}\n", TestContext.Current.CancellationToken);
        Assert.Equal("service/web created", await RunAsync("apply", "-f", manifest));
        Assert.Equal("service/web unchanged", await RunAsync("apply", "-f", manifest));
        Assert.Equal("service/web serverside-applied", await RunAsync("apply", "--server-side", "-f", manifest));
        Assert.Equal("service/web patched", await RunAsync("patch", "svc", "web", "--subresource=status", "--type=merge", "-p", """{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.9"}]}}}"""));
        Assert.Contains("LoadBalancer   100.64.0.2   192.0.2.9", await RunAsync("get", "svc", "web"), StringComparison.Ordinal);
        Assert.Equal("service/web labeled", await RunAsync("label", "svc", "web", "tier=front"));
        Assert.Equal("service/web", await RunAsync("get", "svc", "-l", "tier in (front)", "-o", "name"));
        Assert.Contains("LoadBalancer Ingress:     192.0.2.9 (VIP)", await RunAsync("describe", "svc", "web"), StringComparison.Ordinal);
        Assert.Contains("FIELD: ports", await RunAsync("explain", "service.spec.ports"), StringComparison.Ordinal);
        Assert.StartsWith("service \"web\" deleted", await RunAsync("delete", "svc", "web"), StringComparison.Ordinal);
        Assert.Contains("services \"web\" not found", await RunAsync("get", "svc", "web"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubectl_AppliesADefinition_WaitsForItAndCreatesItsKind()
    {
        Kubectl.SkipWithout();
        var manifest = Path.Combine(_kubectl!.Home, "crd.yaml");
        await File.WriteAllTextAsync(
            manifest,
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: pools.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: pools, kind: Pool}
              versions:
              - name: v1
                served: true
                storage: true
                additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
                schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer, description: How many.}}}}}}
            """,
            TestContext.Current.CancellationToken);
        Assert.EndsWith("created", await RunAsync("apply", "-f", manifest), StringComparison.Ordinal);
        Assert.EndsWith("condition met", await RunAsync("wait", "--for=condition=Established", "crd/pools.example.com", "--timeout=5s"), StringComparison.Ordinal);
        var pool = Path.Combine(_kubectl!.Home, "pool.yaml");
        await File.WriteAllTextAsync(pool, "apiVersion: example.com/v1\nkind: Pool\nmetadata: {name: p}\nspec: {size: 7}\n", TestContext.Current.CancellationToken);
        Assert.Equal("pool.example.com/p created", await RunAsync("apply", "-f", pool));
        await File.WriteAllTextAsync(pool, "apiVersion: example.com/v1\nkind: Pool\nmetadata: {name: p}\nspec: {size: 8}\n", TestContext.Current.CancellationToken);
        Assert.Equal("pool.example.com/p configured", await RunAsync("apply", "-f", pool));
        Assert.Equal("NAME   SIZE\np      8", await RunAsync("get", "pools"));
        Assert.Contains("How many.", await RunAsync("explain", "pool.spec.size"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(pool, "apiVersion: example.com/v1\nkind: Pool\nmetadata: {name: p}\nspec: {sise: 8}\n", TestContext.Current.CancellationToken);
        Assert.Contains("unknown field \"spec.sise\"", await RunAsync("apply", "-f", pool), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubectl_CreatesByGenerator_InItsBinaryForm()
    {
        Kubectl.SkipWithout();
        Assert.Equal("serviceaccount/bob created", await RunAsync("create", "serviceaccount", "bob"));
        Assert.StartsWith("eyJ", await RunAsync("create", "token", "bob"), StringComparison.Ordinal);
        Assert.Equal("yes", await RunAsync("auth", "can-i", "list", "services"));
        Assert.Equal("service/lb created", await RunAsync("create", "service", "loadbalancer", "lb", "--tcp=80:8080"));
        Assert.Equal("8080", await RunAsync("get", "service", "lb", "-o", "jsonpath={.spec.ports[0].targetPort}"));
    }

    private Task<string> RunAsync(params string[] arguments) => _kubectl!.RunAsync(arguments);
}
