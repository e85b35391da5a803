// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Vipd.Kubernetes;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

public sealed class KubernetesFlagTests
{
    [Fact]
    public void Flags_OfKubeKeepalivedVip_AreRead()
    {
        KubernetesFlags flags = new();
        ParseResult parsed = Parse(flags, "--services-configmap=kube-system/vips --use-unicast=true --vrid=77 --vrrp-version=2 --iface=eth1 --proxy-protocol-mode=true --watch-namespace=shop --http-port=8080 --release-vips=false --apiserver-host=https://192.0.2.10:6443");
        Assert.Empty(parsed.Errors);
        KubernetesOptions options = flags.Read(parsed, "host", static name => name == "POD_NAMESPACE" ? "kube-system" : name == "POD_NAME" ? "vip-x" : null);
        Assert.Equal(
            new KubernetesOptions
            {
                Namespace = "kube-system",
                NodeName = "host",
                PodName = "vip-x",
                Server = "https://192.0.2.10:6443",
                ServicesConfigMap = new ObjectKey("kube-system", "vips"),
                UseUnicast = true,
                RouterId = 77,
                VrrpVersion = 2,
                Interface = "eth1",
                ProxyMode = true,
                WatchNamespace = "shop",
            },
            options);
        Assert.True(options.IsWanted);
        Assert.Equal((8080, false), (flags.HttpPort(parsed), flags.ReleasesVips(parsed)));
    }

    [Fact]
    public void Flags_NotGiven_AskForNothing()
    {
        KubernetesFlags flags = new();
        ParseResult parsed = Parse(flags, "");
        Assert.Equal(new KubernetesOptions { NodeName = "host" }, flags.Read(parsed, "host", static _ => null));
        Assert.False(flags.Read(parsed, "host", static _ => null).IsWanted);
        Assert.Equal((0, true), (flags.HttpPort(parsed), flags.ReleasesVips(parsed)));
    }

    [Theory]
    [InlineData("--services-configmap=vips", "--services-configmap: 'vips' is no namespace/name")]
    [InlineData("--vrid=0", "--vrid: '0' is no number from 1 to 255")]
    [InlineData("--vrrp-version=4", "--vrrp-version: '4' is no version of VRRP")]
    [InlineData("--apiserver-host=nowhere", "--apiserver-host: 'nowhere' is no URL")]
    public void Flag_ThatCannotBe_IsRefusedByName(string arguments, string words) =>
        Assert.StartsWith(words, Assert.Single(Parse(new(), arguments).Errors).Message, StringComparison.Ordinal);

    private static ParseResult Parse(KubernetesFlags flags, string arguments)
    {
        RootCommand root = [];
        flags.AddTo(root);
        return root.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
