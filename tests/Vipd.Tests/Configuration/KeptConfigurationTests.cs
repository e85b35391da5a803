// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Kubernetes;
using LoadBalancer.Vipd.Tests.Hooks;
using LoadBalancer.Vipd.Tests.Kubernetes;
using Secret = LoadBalancer.Kubernetes.Model.Secret;

namespace LoadBalancer.Vipd.Tests.Configuration;

public sealed class KeptConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("vipd-kept-");
    private readonly KeptLog _log = new();

    [Fact]
    public async Task Kept_IsReadAsItWas()
    {
        VipConfiguration compiled = Compiled(secret: false);
        Assert.Equal((2, 4), (compiled.Instances.Count, compiled.VirtualServers.Count));
        await KeepAsync(compiled);
        Assert.Equal(compiled, Read());
#pragma warning disable CA1416 // the daemon is Linux through and through
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
#pragma warning restore CA1416
        Assert.Equal([File], Directory.GetFiles(_directory.FullName));
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task InstanceWithAPassword_IsLeftOutAndSaid()
    {
        await KeepAsync(Compiled(secret: true));
        Assert.DoesNotContain("hidden", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
        VipConfiguration read = Read()!;
        Assert.Equal(["vips"], read.Instances.Select(static i => i.Name));
        Assert.DoesNotContain(read.VirtualServers, static s => s.Name.StartsWith("web/", StringComparison.Ordinal));
        Assert.Equal([12029], _log.Entries.Select(static e => e.Id));
    }

    [Fact]
    public async Task FileThatIsNotOurs_IsIgnoredWithAWarning()
    {
        await KeepAsync(Compiled(secret: false));
        string text = System.IO.File.ReadAllText(File);
        foreach (string other in (string[])["", "nonsense", text[..^20], text.Replace("node-a", "node-b", StringComparison.Ordinal), text.Replace("192.0.2.100", "192.0.2.99", StringComparison.Ordinal), "version: 1\ninstances: {}\n"])
        {
            System.IO.File.WriteAllText(File, other);
            Assert.Null(Read());
        }

        System.IO.File.WriteAllText(File, text);
        Assert.NotNull(Read());
#pragma warning disable CA1416 // the daemon is Linux through and through
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
#pragma warning restore CA1416
        Assert.Null(Read());
        Assert.Equal(7, _log.Entries.Count(static e => e.Id == 12027));
    }

    [Fact]
    public async Task Directory_CannotBeWritten_IsSaidOnce()
    {
        KeptConfiguration kept = new(Path.Combine(_directory.FullName, "none", "cluster.yaml"), "node-a", TimeProvider.System, _log);
        for (int i = 0; i < 2; i++)
        {
            kept.Keep(Compiled(secret: false));
            await kept.RunAsync(new CancellationToken(canceled: true));
        }

        Assert.Equal([12028], _log.Entries.Select(static e => e.Id));
    }

    [Fact]
    public void NoFile_IsNothing()
    {
        Assert.Null(Read());
        Kept().Forget();
        Assert.Empty(_log.Entries);
    }

    private string File => Path.Combine(_directory.FullName, "cluster.yaml");

    private KeptConfiguration Kept() => new(File, "node-a", TimeProvider.System, _log);

    private VipConfiguration? Read() => Kept().Read();

    private async Task KeepAsync(VipConfiguration configuration)
    {
        KeptConfiguration kept = Kept();
        kept.Keep(configuration);
        // What waits is written at the end, too.
        await kept.RunAsync(new CancellationToken(canceled: true));
    }

    private static VipConfiguration Compiled(bool secret)
    {
        VirtualIP virtualIp = ClusterSample.VirtualIp("web", "192.0.2.100", "2001:db8::100");
        virtualIp.Spec.Service = new() { Namespace = "shop", Name = "web" };
        virtualIp.Spec.Track = new() { Checks = [new() { Name = "healthz", Port = 80, Path = "/healthz" }] };
        if (secret)
        {
            virtualIp.Spec.VrrpVersion = 2;
            virtualIp.Spec.AdvertisementInterval = "1s";
            virtualIp.Spec.Addresses = ["192.0.2.100"];
            virtualIp.Spec.AuthSecret = new() { Name = "vrrp" };
        }

        ClusterView view = ClusterSample.View(virtualIp);
        ClusterResult result = ClusterCompiler.Compile(
            view with
            {
                Options = view.Options with { ServicesConfigMap = new("metallb-system", "vips") },
                ConfigMap = new Dictionary<string, string> { ["192.0.2.101"] = "", ["192.0.2.102"] = "shop/web" },
                Secrets = new Dictionary<string, Secret> { ["vrrp"] = ClusterSample.Secret("hidden") },
            },
            new());
        return result.Configuration;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
