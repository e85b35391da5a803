// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Tests;

/// <summary>config/ as a user applies it, with the real kubectl.</summary>
public sealed class ManifestTests : IAsyncLifetime
{
    private EmbeddedApiServer? _server;
    private Kubectl? _kubectl;

    private Kubectl Client => _kubectl!;

    public async ValueTask InitializeAsync()
    {
        Kubectl.SkipWithout();
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
    public async Task Default_Kustomized_AppliesWholeAndTwice()
    {
        var manifest = Client.Write("default.yaml", await Client.RunAsync("kustomize", Path.Combine(Product.Config, "default")));
        var lines = (await Client.RunAsync("apply", "-f", manifest)).Split('\n');
        Assert.All(lines, line => Assert.EndsWith(" created", line, StringComparison.Ordinal));
        Assert.Contains("deployment.apps/controller created", lines);
        Assert.Contains("daemonset.apps/speaker created", lines);
        Assert.Equal(10, lines.Count(l => l.StartsWith("customresourcedefinition", StringComparison.Ordinal)));
        lines = (await Client.RunAsync("apply", "-f", manifest)).Split('\n');
        // kubectl replaces the spec of a PodDisruptionBudget whole and calls it configured, on every cluster.
        Assert.All(lines.Where(l => !l.StartsWith("poddisruptionbudget", StringComparison.Ordinal)), line => Assert.EndsWith(" unchanged", line, StringComparison.Ordinal));
        lines = (await Client.RunAsync("apply", "--server-side", "--force-conflicts", "-f", manifest)).Split('\n');
        Assert.All(lines, line => Assert.EndsWith(" serverside-applied", line, StringComparison.Ordinal));
        // What stands in the namespace goes with it, before kubectl comes to it.
        await Client.RunAsync("delete", "--ignore-not-found", "-f", manifest);
        Assert.Equal("", await Client.RunAsync("get", "--ignore-not-found", "-o", "name", "-f", manifest));
    }

    [Fact]
    public async Task Default_NamesNoObjectItDoesNotBring()
    {
        await Client.RunAsync("apply", "-k", Path.Combine(Product.Config, "default"));
        Assert.Equal("controller", await Client.RunAsync("get", "deployment", "-n", Product.Namespace, "controller", "-o", "jsonpath={.spec.template.spec.serviceAccountName}"));
        Assert.Equal("speaker", await Client.RunAsync("get", "daemonset", "-n", Product.Namespace, "speaker", "-o", "jsonpath={.spec.template.spec.serviceAccountName}"));
        foreach (var account in new[] { "controller", "speaker" })
            Assert.Equal("serviceaccount/" + account, await Client.RunAsync("get", "serviceaccount", "-n", Product.Namespace, account, "-o", "name"));
    }

    [Fact]
    public async Task Speaker_IsTold_WhereItsKeyIsMounted()
    {
        await Client.RunAsync("apply", "-k", Path.Combine(Product.Config, "default"));
        var mount = await Client.RunAsync("get", "daemonset", "-n", Product.Namespace, "speaker", "-o", "jsonpath={.spec.template.spec.containers[0].volumeMounts[?(@.name=='heartbeat-key')].mountPath}");
        Assert.Equal(mount, await Client.RunAsync("get", "daemonset", "-n", Product.Namespace, "speaker", "-o", "jsonpath={.spec.template.spec.containers[0].env[?(@.name=='METALLB_ML_SECRET_KEY_PATH')].value}"));
        Assert.NotEmpty(mount);
        var secret = await Client.RunAsync("get", "daemonset", "-n", Product.Namespace, "speaker", "-o", "jsonpath={.spec.template.spec.volumes[?(@.name=='heartbeat-key')].secret.secretName}");
        Assert.Equal(secret, await Client.RunAsync("get", "deployment", "-n", Product.Namespace, "controller", "-o", "jsonpath={.spec.template.spec.containers[0].env[?(@.name=='METALLB_ML_SECRET_NAME')].value}"));
    }

    [Fact]
    public async Task Samples_Apply_And_AreListedInColumns()
    {
        await Client.RunAsync("apply", "-k", Path.Combine(Product.Config, "default"));
        var lines = (await Client.RunAsync("apply", "-k", Path.Combine(Product.Config, "samples"))).Split('\n');
        Assert.All(lines, line => Assert.EndsWith(" created", line, StringComparison.Ordinal));
        await Client.RunAsync("patch", "ipaddresspool", "-n", Product.Namespace, "production", "--subresource=status", "--type=merge", "-p", """{"status":{"conditions":[{"type":"Accepted","status":"True","reason":"Ok","message":"","lastTransitionTime":"2026-01-02T03:04:05Z"}]}}""");
        Assert.Equal(
            """
            NAME         AUTO ASSIGN   AVOID BUGGY IPS   ADDRESSES                                   ACCEPTED
            customers    false         false             ["203.0.113.0/24","2001:db8:0:2::/112"]      
            dual-stack   false         true              ["198.51.100.0/26","2001:db8:0:1::/120"]    
            production   true          false             ["192.0.2.100-192.0.2.199"]                 True
            """.Split('\n').Select(Columns),
            (await Client.RunAsync("get", "ipaddresspool", "-n", Product.Namespace)).Split('\n').Select(Columns));
        Assert.Equal(
            ["NAME|IPADDRESSPOOLS|IPADDRESSPOOL SELECTORS|INTERFACES|ACCEPTED", "dual-stack|[\"dual-stack\"]", "production|[\"production\"]"],
            (await Client.RunAsync("get", "l2advertisement", "-n", Product.Namespace)).Split('\n').Select(Columns));
        Assert.Equal(
            ["NAME|ADDRESS|ASN|BFD PROFILE|MULTI HOPS|ACCEPTED", "rack-a|198.51.100.1|64511|fast", "rack-b|fast", "router|192.0.2.1|64501"],
            (await Client.RunAsync("get", "bgppeer", "-n", Product.Namespace)).Split('\n').Select(Columns));
        Assert.Contains("Namespace:    metallb-system", await Client.RunAsync("describe", "ipaddresspool", "-n", Product.Namespace, "production"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ipaddresspool.spec", "addresses\t<[]string> -required-")]
    [InlineData("ipaddresspool.spec.serviceAllocation", "priority\t<integer>")]
    [InlineData("l2advertisement.spec.failback", "delay\t<string>")]
    [InlineData("bgppeer.spec", "myASN\t<integer> -required-")]
    [InlineData("bfdprofile.spec", "detectMultiplier\t<integer>")]
    [InlineData("community.spec.communities", "value\t<string> -required-")]
    [InlineData("servicel2status.status", "serviceName\t<string>")]
    public async Task Explain_OfAField_ShowsWhatTheDefinitionSays(string path, string expected)
    {
        await Client.RunAsync("apply", "-k", Path.Combine(Product.Config, "crd"));
        Assert.Contains(expected, await Client.RunAsync("explain", path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_OfATypo_IsRefusedByName()
    {
        await Client.RunAsync("apply", "-k", Path.Combine(Product.Config, "default"));
        var typo = Client.Write("typo.yaml", "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: p, namespace: metallb-system}\nspec: {adresses: [192.0.2.0/24]}\n");
        Assert.Contains("unknown field \"spec.adresses\"", await Client.RunAsync("apply", "-f", typo), StringComparison.Ordinal);
    }

    // Cells, however wide kubectl makes the columns.
    private static string Columns(string line) =>
        string.Join('|', line.Trim().Split("   ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
