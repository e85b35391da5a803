// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LoadBalancer.Kubernetes.Client;

/// <summary>Reads a kubeconfig through YAML nodes: no reflection, and every message can say which field it is about.</summary>
internal sealed class KubeConfigReader
{
    private readonly string _path;
    private readonly YamlMappingNode _root;

    private KubeConfigReader(string path, YamlMappingNode root)
    {
        _path = path;
        _root = root;
    }

    internal static KubeConfig Read(string path, string? context)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var text = Encoding.UTF8.GetString(ReadFile(path, "the kubeconfig", "name an existing file with --kubeconfig or KUBECONFIG"));
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException fault)
        {
            throw new KubeConfigException($"{path}: line {fault.Start.Line} is not YAML; correct the file or write it anew with kubectl config view --raw.", fault);
        }
        if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is not YamlMappingNode root)
            throw new KubeConfigException($"{path}: this is no kubeconfig, for it holds no fields; name a file written by kubectl config view --raw.");
        return new KubeConfigReader(path, root).Read(context);
    }

    internal static byte[] ReadFile(string path, string what, string remedy)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            var why = fault switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => "reading it is not permitted",
                _ => "it cannot be read",
            };
            throw new KubeConfigException($"{path} ({what}): {why}; {remedy}.", fault);
        }
    }

    private KubeConfig Read(string? contextName)
    {
        contextName = string.IsNullOrEmpty(contextName) ? Scalar(_root, "current-context") : contextName;
        if (string.IsNullOrEmpty(contextName))
            throw Fault("current-context is not set", "set it with kubectl config use-context, or name a context");
        var context = Entry("contexts", contextName, "context");
        var clusterName = Scalar(context, "cluster") ?? throw Fault($"context {contextName} has no cluster", "set context.cluster");
        var cluster = Entry("clusters", clusterName, "cluster");
        var field = $"cluster {clusterName}";
        if (Scalar(cluster, "proxy-url") is { Length: > 0 })
            throw Fault($"{field} has a proxy-url, and proxies are not supported", "remove proxy-url and make the server reachable directly");
        var ca = Material(cluster, "certificate-authority", field, out var caFile);
        CheckAuthority(ca, field);
        var userName = Scalar(context, "user");
        var user = string.IsNullOrEmpty(userName) ? new YamlMappingNode() : Entry("users", userName, "user");
        field = $"user {userName}";
        RefuseUnsupported(user, field);
        var certificate = Material(user, "client-certificate", field, out _);
        var key = Material(user, "client-key", field, out _);
        CheckClientCertificate(certificate, key, field);
        var tokenFile = Scalar(user, "tokenFile") is { Length: > 0 } relative ? Absolute(relative) : null;
        if (tokenFile is not null) _ = ReadFile(tokenFile, $"tokenFile of {field} in {_path}", "write the token there or correct the path");
        return new()
        {
            Server = Server(cluster, clusterName),
            CertificateAuthority = ca,
            CertificateAuthorityFile = caFile,
            InsecureSkipTlsVerify = Flag(cluster, "insecure-skip-tls-verify", $"cluster {clusterName}"),
            TlsServerName = Scalar(cluster, "tls-server-name"),
            Token = tokenFile is null ? Scalar(user, "token") : null,
            TokenFile = tokenFile,
            ClientCertificate = certificate,
            ClientKey = key,
            Namespace = Scalar(context, "namespace") is { Length: > 0 } given ? given : "default",
            Source = _path,
        };
    }

    private Uri Server(YamlMappingNode cluster, string name)
    {
        var text = Scalar(cluster, "server");
        if (string.IsNullOrEmpty(text)) throw Fault($"cluster {name} has no server", "set cluster.server to the address of the API server");
        return Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "https" or "http"
            ? server
            : throw Fault($"server {text} of cluster {name} is not an address", "write it as https://host:port");
    }

    private void RefuseUnsupported(YamlMappingNode user, string field)
    {
        const string Remedy = "use a token, a tokenFile or a client certificate, such as the token of kubectl create token";
        if (Child(user, "exec") is not null) throw Fault($"{field} gets its credentials from an exec plugin, and no programs are run for credentials", Remedy);
        if (Child(user, "auth-provider") is not null) throw Fault($"{field} uses an auth-provider, which Kubernetes no longer has", Remedy);
        if (Child(user, "username") is not null || Child(user, "password") is not null)
            throw Fault($"{field} has username and password, which Kubernetes no longer accepts", Remedy);
        if (Child(user, "as") is not null || Child(user, "as-uid") is not null || Child(user, "as-groups") is not null)
            throw Fault($"{field} impersonates somebody, which is not supported", Remedy);
    }

    private void CheckAuthority(byte[]? pem, string field)
    {
        if (pem is null || HoldsCertificate(pem)) return;
        throw Fault($"certificate-authority of {field} holds no PEM certificate", "give it the cluster's CA certificate (certificate-authority-data in base64)");
    }

    internal static bool HoldsCertificate(byte[] pem)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(Encoding.UTF8.GetString(pem));
            return found.Count > 0;
        }
        catch (CryptographicException)
        {
            // The same to the reader as a file with no certificate in it.
            return false;
        }
    }

    private void CheckClientCertificate(byte[]? certificate, byte[]? key, string field)
    {
        if (certificate is null && key is null) return;
        if (certificate is null) throw Fault($"{field} has a client-key without a client-certificate", "set both, or neither");
        if (key is null) throw Fault($"{field} has a client-certificate without a client-key", "set both, or neither");
        try
        {
            using var _ = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key));
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new KubeConfigException($"{_path}: client-certificate and client-key of {field} are not a PEM pair that belongs together; set both from one issue, the key unencrypted.", fault);
        }
    }

    private byte[]? Material(YamlMappingNode node, string name, string field, out string? file)
    {
        file = null;
        if (Scalar(node, name + "-data") is { Length: > 0 } inline)
        {
            try
            {
                return Convert.FromBase64String(inline);
            }
            catch (FormatException fault)
            {
                throw new KubeConfigException($"{_path}: {name}-data of {field} is not base64; encode the PEM file with base64.", fault);
            }
        }
        if (Scalar(node, name) is not { Length: > 0 } path) return null;
        file = Absolute(path);
        return ReadFile(file, $"{name} of {field} in {_path}", "correct the path or give the content in the -data field");
    }

    // Paths in a kubeconfig are relative to the file that names them.
    private string Absolute(string path) => Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(_path))!);

    private YamlMappingNode Entry(string list, string name, string inner)
    {
        if (Child(_root, list) is YamlSequenceNode entries)
        {
            foreach (var entry in entries)
            {
                if (entry is not YamlMappingNode named || Scalar(named, "name") != name) continue;
                return Child(named, inner) switch
                {
                    YamlMappingNode found => found,
                    null or YamlScalarNode { Value: null or "" or "null" or "~" } => new(),
                    _ => throw Fault($"{inner} of {list} entry {name} is not a set of fields", $"correct {list}[{name}].{inner}"),
                };
            }
        }
        throw Fault($"there is no {inner} named {name} in {list}", $"add it, or choose one that is there with kubectl config get-{(inner == "user" ? "users" : list)}");
    }

    private bool Flag(YamlMappingNode node, string name, string field) => Scalar(node, name) switch
    {
        null or "" or "false" => false,
        "true" => true,
        var other => throw Fault($"{name} of {field} is {other}", "write true or false"),
    };

    private string? Scalar(YamlMappingNode node, string name) => Child(node, name) switch
    {
        null => null,
        YamlScalarNode scalar => scalar.Style == ScalarStyle.Plain && scalar.Value is "null" or "~" ? null : scalar.Value,
        _ => throw Fault($"{name} is not a single value", $"write {name} as text"),
    };

    private static YamlNode? Child(YamlMappingNode node, string name) =>
        node.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;

    private KubeConfigException Fault(string what, string remedy) => new($"{_path}: {what}; {remedy}.");
}
