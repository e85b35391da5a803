// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Client;

/// <summary>Where the API server is and how to show who we are. A class, not a record: it must never print its secrets.</summary>
public sealed class KubeConfig
{
    public const string ServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    public required Uri Server { get; init; }

    /// <summary>PEM; absent means the system's authorities.</summary>
    public byte[]? CertificateAuthority { get; init; }

    /// <summary>Where the authority came from: looked at again when the file changes.</summary>
    public string? CertificateAuthorityFile { get; init; }

    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>The name the server's certificate must carry, when it is not that of the address.</summary>
    public string? TlsServerName { get; init; }

    public string? Token { get; init; }

    /// <summary>Read again at most once a minute, and when the server refuses the token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>PEM, together with ClientKey.</summary>
    public byte[]? ClientCertificate { get; init; }

    public byte[]? ClientKey { get; init; }

    public string Namespace { get; init; } = "default";

    /// <summary>Where this was read from, for messages.</summary>
    public string Source { get; init; } = "";

    /// <summary>Reads a kubeconfig file; without a context name, its current context.</summary>
    public static KubeConfig Load(string path, string? context = null) => KubeConfigReader.Read(path, context);

    /// <summary>What a pod is given by Kubernetes.</summary>
    public static KubeConfig InCluster(Func<string, string?> environment, string directory = ServiceAccountDirectory)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            throw new KubeConfigException(
                "This does not run in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; name a kubeconfig file with --kubeconfig.");
        }
        var authority = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        if (!Uri.TryCreate($"https://{authority}", UriKind.Absolute, out var server))
            throw new KubeConfigException($"KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT give {authority}, which is no address; correct the pod's environment.");
        var ca = Path.Combine(directory, "ca.crt");
        var token = Path.Combine(directory, "token");
        var @namespace = Path.Combine(directory, "namespace");
        _ = KubeConfigReader.ReadFile(token, "the service account token", "set automountServiceAccountToken: true");
        var authorityPem = KubeConfigReader.ReadFile(ca, "the cluster's certificate authority", "set automountServiceAccountToken: true");
        if (!KubeConfigReader.HoldsCertificate(authorityPem))
        {
            throw new KubeConfigException(
                $"{ca} (the cluster's certificate authority) holds no PEM certificate; mend ConfigMap kube-root-ca.crt in the pod's namespace, from which Kubernetes mounts it, and start the pod anew.");
        }
        return new()
        {
            Server = server,
            CertificateAuthority = authorityPem,
            CertificateAuthorityFile = ca,
            TokenFile = token,
            Namespace = File.Exists(@namespace) ? File.ReadAllText(@namespace).Trim() : "default",
            Source = "the pod's service account",
        };
    }

    /// <summary>The file named, else the one KUBECONFIG names, else the pod's service account, else ~/.kube/config.</summary>
    public static KubeConfig LoadDefault(string? path, Func<string, string?> environment, string? context = null)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (!string.IsNullOrEmpty(path)) return Load(path, context);
        if (environment("KUBECONFIG") is { Length: > 0 } named) return Load(named, context);
        if (!string.IsNullOrEmpty(environment("KUBERNETES_SERVICE_HOST"))) return InCluster(environment);
        var home = Path.Combine(environment("HOME") ?? "/root", ".kube", "config");
        return File.Exists(home) ? Load(home, context) : InCluster(environment);
    }
}

/// <summary>A kubeconfig that cannot be used; the message names file, field and remedy.</summary>
public sealed class KubeConfigException(string message, Exception? inner = null) : Exception(message, inner);
