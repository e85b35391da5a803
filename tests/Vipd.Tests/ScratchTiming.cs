// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Configuration;
using LoadBalancer.Vipd.Kubernetes;
using LoadBalancer.Vipd.Plane;
using LoadBalancer.Vipd.Forwarding;
using LoadBalancer.Vipd.Health;
using LoadBalancer.Vipd.Tests.Forwarding;
using LoadBalancer.Vipd.Tests.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Vipd.Tests;

public sealed class ScratchTiming
{
    private const int N = 1000;

    [Fact]
    public async Task Measure()
    {
        ObjectKey[] keys = [.. Enumerable.Range(1, N).Select(static i => new ObjectKey("shop", $"s{i:d4}"))];
        Dictionary<ObjectKey, EndpointSlice> slices = keys.ToDictionary(static k => k, static k => Slice(k, 3, 1));
        Dictionary<ObjectKey, Service> services = keys.ToDictionary(static k => k, static k => new Service { Metadata = new() { Namespace = k.Namespace, Name = k.Name }, Spec = new() { Ports = [new() { Name = "http", Port = 80 }] } });
        ClusterView view = ClusterSample.View([.. keys.Select(VirtualIp)]) with { Services = services, SlicesOf = key => [slices[key]] };
        ClusterResult result = null!;
        Say("compile all", () => result = ClusterCompiler.Compile(view, new()));
        int n = 0;
        VipConfiguration before = result.Configuration, after = before;
        ClusterResult next = result;
        Say("endpoint change", () =>
        {
            slices[keys[5]] = Slice(keys[5], 3, 10 + n++);
            next = EndpointChange.Apply(result, view, new HashSet<ObjectKey> { keys[5] })!;
            after = next.Configuration;
        });
        ClusterResult whole = null!;
        Say("compile again", () => whole = ClusterCompiler.Compile(view, new()));
        Say("told != (deep)", () => _ = before != whole.Configuration);
        Say("share", () => _ = SharedObjects.Of(before, whole.Configuration));
        VipConfiguration file = new();
        VipConfiguration joined = before;
        Say("join judge", () => joined = ConfigurationJoin.Judge(file, before).InForce);
        VipConfiguration deep = whole.Configuration;
        Say("difference (deep)", () => _ = ConfigurationDifference.Between(joined, deep));
        Say("difference (shared)", () => _ = ConfigurationDifference.Between(joined, after));
        Say("plane difference (deep)", () => _ = PlaneDifference.Between(joined, deep));
        Say("plane difference (shared)", () => _ = PlaneDifference.Between(joined, after));
        Say("servers change", () => _ = ServersChange.Between(before, after, joined));

        string yaml = VipdYaml.Write(before);
        Console.WriteLine($"yaml {yaml.Length} octets");
        ConfigurationReading reading = null!;
        Say("yaml write", () => _ = VipdYaml.Write(before));
        Say("yaml read", () => reading = VipdYaml.Read(yaml, "x.yaml"));
        Say("unsupported", () => _ = Unsupported.Judge(reading, "x.yaml"));

        FakeKernel kernel = new();
        await using ForwardingPlane plane = new((out string reason) => { reason = ""; return kernel; }, new() { Scripts = new Health.ScriptedRunner() }, NullLogger.Instance);
        plane.Apply(before);
        await Wait(() => kernel.Transactions.Count == 1);
        List<double> times = [];
        for (int i = 0; i < 12; i++)
        {
            slices[keys[7]] = Slice(keys[7], 3, 100 + i);
            ClusterResult r = EndpointChange.Apply(result, view, new HashSet<ObjectKey> { keys[7] })!;
            long began = Stopwatch.GetTimestamp();
            plane.Apply(r.Configuration);
            await Wait(() => kernel.Transactions.Count == i + 2);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"forwarding plane, shared: median {times[6]:f2} ms, best {times[0]:f2}"));
        times.Clear();
        for (int i = 0; i < 12; i++)
        {
            slices[keys[7]] = Slice(keys[7], 3, 150 + i);
            ClusterResult r = ClusterCompiler.Compile(view, new());
            long began = Stopwatch.GetTimestamp();
            plane.Apply(r.Configuration);
            await Wait(() => kernel.Transactions.Count == i + 14);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"forwarding plane, all new objects: median {times[6]:f2} ms, best {times[0]:f2}"));
    }

    private static async Task Wait(Func<bool> so)
    {
        while (!so())
        {
            await Task.Yield();
        }
    }

    private static void Say(string what, Action body)
    {
        List<double> times = [];
        for (int i = 0; i < 12; i++)
        {
            long began = Stopwatch.GetTimestamp();
            body();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: median {times[6]:f2} ms, best {times[0]:f2}"));
    }

    private static VirtualIP VirtualIp(ObjectKey key, int index)
    {
        VirtualIP made = ClusterSample.VirtualIp(key.Name, $"198.18.{index / 250}.{1 + (index % 250)}");
        made.Spec.Interface = $"eth{index / 250}";
        made.Spec.VirtualRouterId = 1 + (index % 250);
        made.Spec.Service = new() { Namespace = key.Namespace, Name = key.Name };
        return made;
    }

    private static EndpointSlice Slice(ObjectKey key, int endpoints, int first) => new()
    {
        Metadata = new() { Namespace = key.Namespace, Name = key.Name + "-1", Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = key.Name } },
        Ports = [new() { Name = "http", Port = 8080, Protocol = "TCP" }],
        Endpoints = [.. Enumerable.Range(first, endpoints).Select(static i => new Endpoint { Addresses = [$"203.0.113.{i}"], Conditions = new(true, true, false) })],
    };
}
