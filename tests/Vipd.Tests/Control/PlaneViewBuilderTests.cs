// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vipd.Forwarding;
using LoadBalancer.Vipd.Plane;
using LoadBalancer.Vrrp;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Vipd.Tests.Control;

public sealed class PlaneViewBuilderTests : IDisposable
{
    private static readonly IpAddr Own = IpAddr.Parse("192.0.2.1");
    private static readonly IpAddr Peer = IpAddr.Parse("192.0.2.2");

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"vipd-view-{Guid.NewGuid():N}");
    private readonly Silent _sink = new();
    private readonly ResumeFile _resume;
    private readonly ProtocolPlane _plane;
    private readonly MonoTime _now = TimeProvider.System.MonoNow();

    public PlaneViewBuilderTests()
    {
        _resume = new(_path);
        _plane = new(_resume, maintenance: false, NullLogger.Instance);
    }

    [Fact]
    [Trait("Scenario", "CFG-15")]
    public void Status_OfABackupThatHeardAMaster_HasStateTimersPeersAndCounters()
    {
        VipInstance settings = new()
        {
            Name = "web",
            Interface = "eth0",
            RouterId = 51,
            Priority = 100,
            AdvertInterval = TimeSpan.FromMilliseconds(100),
            Addresses = [new VirtualAddress { Address = new(IpAddr.Parse("192.0.2.100"), 24) }],
        };
        InstanceSpec spec = Assert.Single(InstanceSpec.Of(new() { Instances = [settings] }));
        VrrpInstance machine = new(new VrrpKey(2, IpFamily.IPv4, 51), spec.Parameters);
        PlaneInstance instance = new(_plane, spec, spec.Plan) { Machine = machine };
        machine.Step(VrrpEvent.Source(Own, 24), _now, _sink);
        machine.Step(VrrpEvent.Start, _now, _sink);
        Hear(machine, hopLimit: 255, centiseconds: 50);
        Hear(machine, hopLimit: 9, centiseconds: 50);
        // Its own message comes back to it.
        Hear(machine, hopLimit: 255, centiseconds: 50, Own);

        PlaneViewBuilder builder = new(TimeProvider.System);
        builder.Add(instance, _now + TimeSpan.FromSeconds(1));
        PlaneView view = builder.Build(maintenance: false);

        StatusDocument document = new()
        {
            Node = "node-a",
            Version = "1",
            Maintenance = view.Maintenance,
            Configuration = new("vipd.yaml", DateTimeOffset.UnixEpoch, []),
            Instances = view.Instances,
            Groups = view.Groups,
            Tracked = view.Tracked,
            Forwarding = ForwardingStatus.None,
        };
        JsonNode row = JsonNode.Parse(JsonSerializer.Serialize(document, StatusJson.Default.StatusDocument))!["instances"]![0]!;
        Assert.Equal(("backup", 100, "192.0.2.2"), ((string?)row["state"], (int)row["priority"]!, (string?)row["master"]));
        Assert.Equal((0.5, 1.804688), ((double)row["advertIntervalSeconds"]!, Math.Round((double)row["masterDownIntervalSeconds"]!, 6)));
        JsonNode peer = Assert.Single(row["peers"]!.AsArray(), static p => !(bool)p!["isOwnAddress"]!)!;
        // It is told, since somebody else may have the address.
        JsonNode own = Assert.Single(row["peers"]!.AsArray(), static p => (bool)p!["isOwnAddress"]!)!;
        Assert.StartsWith("sends from our own address", (string?)own["disagreements"]![0], StringComparison.Ordinal);
        Assert.Equal(("192.0.2.2", 200, 1.0), ((string?)peer["address"], (int)peer["priority"]!, (double)peer["heardSecondsAgo"]!));
        Assert.Equal("has another advertInterval: set it alike", (string?)peer["disagreements"]![0]);
        Assert.Equal((1, 2, 0), ((int)row["counters"]!["received"]!, (int)row["counters"]!["discarded"]!, (int)row["counters"]!["sent"]!));
        Assert.Equal(1, view.Discards[nameof(VrrpDiscard.HopLimitTooLow)]);
        Assert.Equal(1, view.Discards[nameof(VrrpDiscard.OwnSource)]);
    }

    private void Hear(VrrpInstance machine, byte hopLimit, int centiseconds, IpAddr? from = null)
    {
        IpAddr source = from ?? Peer;
        VrrpMessage message = new() { Version = Vrrp.VrrpVersion.V3, VirtualRouterId = 51, Priority = 200, Centiseconds = centiseconds };
        byte[] octets = new byte[VrrpMessage.LengthOf(Vrrp.VrrpVersion.V3, IpFamily.IPv4, 1)];
        Assert.True(message.TryWrite(octets, IpFamily.IPv4, [IpAddr.Parse("192.0.2.100")], out _));
        VrrpMessage.Seal(octets, 200, source, VrrpWire.IPv4Group, Vrrp.ChecksumForm.PseudoHeader);
        Assert.True(VrrpPacket.TryRead(octets, source, VrrpWire.IPv4Group, out VrrpPacket packet, out _));
        machine.Step(VrrpEvent.Received(packet, new VrrpArrival(source, VrrpWire.IPv4Group, hopLimit, 2)), _now, _sink);
    }

    public void Dispose()
    {
        _plane.Dispose();
        _resume.Dispose();
        File.Delete(_path);
    }

    private sealed class Silent : IVrrpSink
    {
        public void Send(VrrpInstance instance, in VrrpTransmission transmission, ReadOnlySpan<byte> message)
        {
        }

        public void Do(VrrpInstance instance, in VrrpCommand command)
        {
        }

        public void Tell(VrrpInstance instance, in VrrpNotice notice)
        {
        }
    }
}
