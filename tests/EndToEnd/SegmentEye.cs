// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Linux;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.EndToEnd;

/// <summary>Asks the segment, as a host on it, who has an address, and hears every answer.</summary>
public sealed class SegmentEye : IAsyncDisposable
{
    /// <summary>Once every address has an answer, how long another host's may still come: answers take well under a millisecond.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(120);

    /// <summary>What has no answer after this time has none: on a busy machine a host that answers may wait long for a processor.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly Reactor _reactor = new(16);
    private readonly MacAddr _mac;
    private readonly IpAddr _address;
    private readonly IpAddr _address6;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _asking = new(1, 1);
    private Dictionary<IpAddr, List<string>> _answers = [];
    private TaskCompletionSource _allAnswered = new();
    private PacketSocket? _arp;
    private PacketSocket? _neighbors;

    private SegmentEye(LabHost host)
    {
        _mac = MacAddr.Parse(host.Mac(Segment.Service));
        _address = IpAddr.FromIPAddress(host.ServiceAddress);
        _address6 = IpAddr.FromIPAddress(host.ServiceAddress6);
    }

    public static async Task<SegmentEye> OpenAsync(LabHost host, CancellationToken cancellation)
    {
        var link = JsonNode.Parse(await LabNetwork.RunAsync(host.Namespace, "ip", ["-j", "link", "show", "eth0"], null, cancellation))!;
        var index = (int)link[0]!["ifindex"]!;
        var eye = new SegmentEye(host);
        host.Namespace.Run(() =>
        {
            eye._arp = new PacketSocket(eye._reactor, index, PacketFilter.Arp(eye._mac), eye.TakeArp);
            eye._neighbors = new PacketSocket(eye._reactor, index, PacketFilter.NeighborDiscovery(eye._mac), eye.TakeNeighbor);
        });
        eye._reactor.Start("segment eye", static _ => MonoTime.Never);
        return eye;
    }

    /// <summary>The hardware addresses that answer for each address, in the order of their answers, each once.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> AskAsync(IReadOnlyCollection<string> addresses, CancellationToken cancellation)
    {
        await _asking.WaitAsync(cancellation);
        try
        {
            var asked = addresses.Select(a => IpAddr.Parse(a)).ToArray();
            var allAnswered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                _answers = asked.Distinct().ToDictionary(a => a, _ => new List<string>());
                _allAnswered = allAnswered;
            }

            foreach (var address in asked)
                Ask(address);
            await Task.WhenAny(allAnswered.Task, Task.Delay(Silence, TimeProvider.System, cancellation));
            await Task.Delay(Window, TimeProvider.System, cancellation);
            lock (_gate)
                return _answers.ToDictionary(a => a.Key.ToString(), a => (IReadOnlyList<string>)[.. a.Value]);
        }
        finally
        {
            _asking.Release();
        }
    }

    public async Task<IReadOnlyList<string>> AskAsync(string address, CancellationToken cancellation) =>
        (await AskAsync([address], cancellation)).Values.Single();

    public async ValueTask DisposeAsync()
    {
        _reactor.Stop();
        // The sockets leave the loop before it closes what it watches them with.
        await _reactor.Completion;
        _arp?.Dispose();
        _neighbors?.Dispose();
        _reactor.Dispose();
        _asking.Dispose();
    }

    private void Ask(IpAddr address)
    {
        Span<byte> frame = stackalloc byte[128];
        if (address.IsIPv4)
        {
            var request = new ArpPacket(ArpOperation.Request, _mac, _address, default, address);
            Assert.True(request.TryWriteFrame(frame, MacAddr.Broadcast, _mac, out var length));
            Assert.True(_arp!.TrySend(frame[..length]));
            return;
        }

        var solicitation = new NdMessage
        {
            Type = NdType.NeighborSolicitation,
            Source = _address6,
            Destination = address.SolicitedNodeGroup,
            Target = address,
            LinkLayerAddress = _mac,
        };
        Assert.True(solicitation.TryWriteFrame(frame, MacAddr.ForGroup(address.SolicitedNodeGroup), _mac, out var octets));
        Assert.True(_neighbors!.TrySend(frame[..octets]));
    }

    private void TakeArp(ReadOnlySpan<byte> frame)
    {
        if (EthernetHeader.TryRead(frame, out var header, out _) && header.Destination == _mac
            && ArpPacket.TryRead(frame[EthernetHeader.Length..], out var packet, out _) && packet.Operation == ArpOperation.Reply)
            Note(packet.SenderAddress, packet.SenderMac, header.Source);
    }

    private void TakeNeighbor(ReadOnlySpan<byte> frame)
    {
        if (EthernetHeader.TryRead(frame, out var header, out _) && header.Destination == _mac
            && NdMessage.TryRead(frame[EthernetHeader.Length..], out var message, out _)
            && message.Type == NdType.NeighborAdvertisement)
            Note(message.Target, message.LinkLayerAddress ?? header.Source, header.Source);
    }

    private void Note(IpAddr address, MacAddr claimed, MacAddr source)
    {
        // An answer that names another host's hardware address than its sender's is told apart from an honest one.
        var who = claimed == source ? claimed.ToString() : $"{claimed} from {source}";
        lock (_gate)
        {
            if (!_answers.TryGetValue(address, out var seen) || seen.Contains(who))
                return;
            seen.Add(who);
            if (_answers.Values.All(a => a.Count > 0))
                _allAnswered.TrySetResult();
        }
    }
}
