// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;

namespace LoadBalancer.Lab.Cluster;

/// <summary>An API server the lab uses, seen from the machine itself, with an administrator's kubeconfig.</summary>
public sealed class LabApiServer(string kubeConfigText, IAsyncDisposable? owned) : IAsyncDisposable
{
    /// <summary>The administrator's kubeconfig, as text.</summary>
    public string KubeConfigText { get; } = kubeConfigText;

    /// <summary>Whether the server is somebody else's and keeps what is not removed.</summary>
    public bool External => owned is null;

    /// <summary>The server that KUBECONFIG names, or null when it names none.</summary>
    public static LabApiServer? FromEnvironment() =>
        Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } path ? FromFile(path) : null;

    public static LabApiServer FromFile(string path) => new(File.ReadAllText(path), null);

    /// <summary>Reads the configuration; relative file names in it are not resolved, so certificates have to be inline or absolute.</summary>
    public KubeConfig ReadConfig(string directory)
    {
        var file = Path.Combine(directory, "admin.kubeconfig");
        using (var writer = new StreamWriter(new FileStream(file, OwnerOnly)))
            writer.Write(KubeConfigText);
        return KubeConfig.Load(file);
    }

#pragma warning disable CA1416 // the lab is Linux through and through
    internal static FileStreamOptions OwnerOnly { get; } = new()
    {
        Mode = FileMode.Create,
        Access = FileAccess.Write,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };
#pragma warning restore CA1416

    public ValueTask DisposeAsync() => owned?.DisposeAsync() ?? ValueTask.CompletedTask;
}
