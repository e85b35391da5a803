// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Tests.Client;

public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Connection_OwnAuthority_IsTrustedAndSpeaksHttp2()
    {
        await using var server = await StartAsync("api", loopback: true);
        using var client = Samples.Client(new KubeConfig { Server = server.Address, CertificateAuthority = _certificates.AuthorityPem });
        await client.GetAsync(Kinds.Node, null, "n1", Cancellation);
        Assert.Equal("HTTP/2", Assert.Single(server.Seen).Protocol);
    }

    [Fact]
    public async Task Connection_CertificateOfAnotherName_NeedsTlsServerName()
    {
        await using var server = await StartAsync("kubernetes.example", loopback: false);
        using var client = Samples.Client(new KubeConfig { Server = server.Address, CertificateAuthority = _certificates.AuthorityPem, Source = "/etc/kubeconfig" });
        var fault = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
        Assert.Contains("certificate is not for 127.0.0.1; set tls-server-name of the cluster in /etc/kubeconfig", fault.Message, StringComparison.Ordinal);

        using var named = Samples.Client(
            new KubeConfig { Server = server.Address, CertificateAuthority = _certificates.AuthorityPem, TlsServerName = "kubernetes.example" });
        Assert.Equal("n1", (await named.GetAsync(Kinds.Node, null, "n1", Cancellation)).Metadata.Name);
    }

    [Fact]
    public async Task Connection_OtherAuthority_IsRefusedUnlessVerificationIsOff()
    {
        using var other = new TestCertificates("CN=other");
        await using var server = await StartAsync("api", loopback: true);
        using var client = Samples.Client(new KubeConfig { Server = server.Address, CertificateAuthority = other.AuthorityPem });
        var fault = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
        Assert.Equal(ApiErrorKind.Unreachable, fault.Kind);
        Assert.Contains("not signed by the certificate authority", fault.Message, StringComparison.Ordinal);

        using var careless = Samples.Client(new KubeConfig { Server = server.Address, InsecureSkipTlsVerify = true });
        await careless.GetAsync(Kinds.Node, null, "n1", Cancellation);
    }

    [Fact]
    public async Task Connection_ClientCertificate_IsShown()
    {
        string? subject = null;
        using var certificate = _certificates.Issue("api", loopback: true);
        await using var server = await ScriptedServer.StartAsync(AnswerAsync, certificate, found => (subject = found.Subject) is not null);
        var (own, key) = _certificates.IssuePem("somebody");
        using var client = Samples.Client(
            new KubeConfig { Server = server.Address, CertificateAuthority = _certificates.AuthorityPem, ClientCertificate = own, ClientKey = key });
        await client.GetAsync(Kinds.Node, null, "n1", Cancellation);
        Assert.Equal("CN=somebody", subject);
    }

    [Fact]
    public async Task Connection_AuthorityFileReplaced_TheNextConnectionTrustsTheNewOne()
    {
        using var other = new TestCertificates("CN=other");
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, other.AuthorityPem, Cancellation);
            File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            await using var server = await StartAsync("api", loopback: true);
            using var client = Samples.Client(
                new KubeConfig { Server = server.Address, CertificateAuthority = other.AuthorityPem, CertificateAuthorityFile = file });
            await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
            await File.WriteAllBytesAsync(file, _certificates.AuthorityPem, Cancellation);
            await client.GetAsync(Kinds.Node, null, "n1", Cancellation);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Connection_ServerSpeaksNoTls_SaysSo()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => AnswerAsync(context, null!));
        using var client = Samples.Client(new KubeConfig { Server = new UriBuilder(server.Address) { Scheme = "https" }.Uri });
        var fault = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
        Assert.Contains("did not agree to TLS", fault.Message, StringComparison.Ordinal);
    }

    private async Task<ScriptedServer> StartAsync(string name, bool loopback) =>
        await ScriptedServer.StartAsync(AnswerAsync, _certificates.Issue(name, loopback));

    private static Task AnswerAsync(Microsoft.AspNetCore.Http.HttpContext context, SeenRequest seen) =>
        ScriptedServer.JsonAsync(context, 200, """{"metadata":{"name":"n1"}}""");
}
