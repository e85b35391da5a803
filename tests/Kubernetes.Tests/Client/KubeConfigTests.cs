// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;

namespace LoadBalancer.Kubernetes.Tests.Client;

public sealed class KubeConfigTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kubeconfig").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Load_TokenAndInlineAuthority_AreRead()
    {
        using var certificates = new TestCertificates();
        var config = Load($"""
            apiVersion: v1
            kind: Config
            current-context: here
            contexts:
            - name: other
              context: {"{"}cluster: nowhere, user: nobody{"}"}
            - name: here
              context:
                cluster: lab
                user: me
                namespace: lb
            clusters:
            - name: lab
              cluster:
                server: https://192.0.2.10:6443/k8s
                certificate-authority-data: {Convert.ToBase64String(certificates.AuthorityPem)}
                tls-server-name: kubernetes
            users:
            - name: me
              user:
                token: "abc"
            """);
        Assert.Equal("https://192.0.2.10:6443/k8s", config.Server.ToString());
        Assert.Equal(("abc", "lb", "kubernetes", false), (config.Token, config.Namespace, config.TlsServerName, config.InsecureSkipTlsVerify));
        Assert.Equal(certificates.AuthorityPem, config.CertificateAuthority);
    }

    [Fact]
    public void Load_FilesNamedRelatively_AreFoundBesideTheKubeconfig()
    {
        using var certificates = new TestCertificates();
        var (certificate, key) = certificates.IssuePem("me");
        File.WriteAllBytes(Path.Combine(_directory, "ca.pem"), certificates.AuthorityPem);
        File.WriteAllBytes(Path.Combine(_directory, "me.pem"), certificate);
        File.WriteAllBytes(Path.Combine(_directory, "me.key"), key);
        File.WriteAllText(Path.Combine(_directory, "token"), "t");
        var config = Load(With("certificate-authority: ca.pem", "client-certificate: me.pem\n    client-key: me.key\n    tokenFile: token"));
        Assert.Equal(certificate, config.ClientCertificate);
        Assert.Equal(key, config.ClientKey);
        Assert.Equal(Path.Combine(_directory, "token"), config.TokenFile);
        Assert.Equal(Path.Combine(_directory, "ca.pem"), config.CertificateAuthorityFile);
        Assert.Equal("default", config.Namespace);
    }

    [Fact]
    public void Load_NamedContext_IsTakenInsteadOfTheCurrentOne()
    {
        var path = Write(With("", "token: t") + "\n- name: second\n  user: {token: s}\n");
        Assert.Contains("no context named second", Assert.Throws<KubeConfigException>(() => KubeConfig.Load(path, "second")).Message, StringComparison.Ordinal);
        Assert.Equal("t", KubeConfig.Load(path, "here").Token);
    }

    [Theory]
    [InlineData("", "exec: {command: aws}", "user me", "exec plugin", "token")]
    [InlineData("", "auth-provider: {name: gcp}", "user me", "auth-provider", "token")]
    [InlineData("", "username: u\n    password: p", "user me", "username", "token")]
    [InlineData("", "as: root", "user me", "impersonates", "token")]
    [InlineData("", "client-key-data: AAAA", "user me", "client-key without", "both")]
    [InlineData("", "client-certificate-data: AAAA", "user me", "client-certificate without", "both")]
    [InlineData("", "client-certificate-data: AAAA\n    client-key-data: AAAA", "user me", "not a PEM pair", "unencrypted")]
    [InlineData("", "client-certificate: none.pem", "none.pem", "client-certificate of user me", "correct the path")]
    [InlineData("", "tokenFile: none", "none", "tokenFile of user me", "correct the path")]
    [InlineData("", "token: [a]", "token", "not a single value", "as text")]
    [InlineData("certificate-authority-data: '%%%'", "", "certificate-authority-data of cluster lab", "not base64", "encode")]
    [InlineData("certificate-authority-data: AAAA", "", "certificate-authority of cluster lab", "no PEM certificate", "CA certificate")]
    [InlineData("certificate-authority: none.pem", "", "none.pem", "no such file", "correct the path")]
    [InlineData("proxy-url: http://192.0.2.1", "", "cluster lab", "proxy-url", "remove proxy-url")]
    [InlineData("insecure-skip-tls-verify: perhaps", "", "insecure-skip-tls-verify of cluster lab", "perhaps", "true or false")]
    public void Load_FieldThatCannotBeUsed_NamesFileFieldAndRemedy(string cluster, string user, string field, string problem, string remedy)
    {
        var fault = Assert.Throws<KubeConfigException>(() => Load(With(cluster, user)));
        Assert.Contains(_directory, fault.Message, StringComparison.Ordinal);
        Assert.Contains(field, fault.Message, StringComparison.Ordinal);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "holds no fields")]
    [InlineData("- a\n- b", "holds no fields")]
    [InlineData("a: [b", "is not YAML")]
    [InlineData("a: b\n\tc: d", "is not YAML")]
    [InlineData("kind: Config", "current-context is not set")]
    [InlineData("current-context: x", "no context named x")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]", "no cluster named c")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {}}]", "has no cluster")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: 5}]", "not a set of fields")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {}}]", "has no server")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: nonsense}}]", "is not an address")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'http://a'}}]", "no user named u")]
    public void Load_StructureThatCannotBeUsed_SaysWhatIsMissing(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<KubeConfigException>(() => Load(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_NoSuchFile_SaysSo() =>
        Assert.Contains("no such file", Assert.Throws<KubeConfigException>(() => KubeConfig.Load(Path.Combine(_directory, "none"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_ADirectory_SaysSo() => Assert.Throws<KubeConfigException>(() => KubeConfig.Load(_directory));

    [Fact]
    public void InCluster_ServiceAccount_IsRead()
    {
        using var certificates = new TestCertificates();
        File.WriteAllBytes(Path.Combine(_directory, "ca.crt"), certificates.AuthorityPem);
        File.WriteAllText(Path.Combine(_directory, "token"), "t");
        File.WriteAllText(Path.Combine(_directory, "namespace"), "lb\n");
        var config = KubeConfig.InCluster(name => name == "KUBERNETES_SERVICE_HOST" ? "2001:db8::1" : "443", _directory);
        Assert.Equal(("https://[2001:db8::1]/", "lb"), (config.Server.ToString(), config.Namespace));
        Assert.Equal(Path.Combine(_directory, "token"), config.TokenFile);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void InCluster_AuthorityThatIsNoCertificate_NamesTheFileAndTheRemedy(string text)
    {
        File.WriteAllText(Path.Combine(_directory, "ca.crt"), text);
        File.WriteAllText(Path.Combine(_directory, "token"), "t");
        var fault = Assert.Throws<KubeConfigException>(() => KubeConfig.InCluster(name => name == "KUBERNETES_SERVICE_HOST" ? "192.0.2.1" : "443", _directory));
        Assert.StartsWith(Path.Combine(_directory, "ca.crt"), fault.Message, StringComparison.Ordinal);
        Assert.Contains("kube-root-ca.crt", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InCluster_NotInAPod_SaysWhatToDo()
    {
        var fault = Assert.Throws<KubeConfigException>(() => KubeConfig.InCluster(_ => null));
        Assert.Contains("--kubeconfig", fault.Message, StringComparison.Ordinal);
        fault = Assert.Throws<KubeConfigException>(() => KubeConfig.InCluster(name => name == "KUBERNETES_SERVICE_HOST" ? "192.0.2.1" : "443", _directory));
        Assert.Contains("automountServiceAccountToken", fault.Message, StringComparison.Ordinal);
    }

    private static string With(string cluster, string user) => $"""
        current-context: here
        contexts:
        - name: here
          context: {"{"}cluster: lab, user: me{"}"}
        clusters:
        - name: lab
          cluster:
            server: https://192.0.2.10:6443
            {cluster}
        users:
        - name: me
          user:
            {user}
        """;

    private KubeConfig Load(string text) => KubeConfig.Load(Write(text));

    private string Write(string text)
    {
        var path = Path.Combine(_directory, "config");
        File.WriteAllText(path, text);
        return path;
    }
}
