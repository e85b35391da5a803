// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.Vrrp.Tests;

/// <summary>A sink that writes down what it is asked, in order and in words.</summary>
internal sealed class Recorder : IVrrpSink
{
    public List<string> Log { get; } = [];

    public List<VrrpNotice> Notices { get; } = [];

    public List<(VrrpTransmission To, byte[] Octets)> Sent { get; } = [];

    public void Send(VrrpInstance instance, in VrrpTransmission transmission, ReadOnlySpan<byte> message)
    {
        Assert.True(VrrpPacket.TryRead(message, transmission.Source, transmission.Destination, out VrrpPacket packet, out _), "we sent what we would refuse");
        Log.Add($"send {packet.Priority}" + (transmission.Destination.IsMulticast ? "" : $" to {transmission.Destination}"));
        Sent.Add((transmission, message.ToArray()));
    }

    public void Do(VrrpInstance instance, in VrrpCommand command) => Log.Add(command.Kind switch
    {
        VrrpCommandKind.Hold => "hold",
        VrrpCommandKind.LetGo => "let go",
        VrrpCommandKind.Announce => (command.IsRefresh ? "refresh " : "announce ") + command.Repeat,
        _ => throw new UnreachableException(),
    });

    public void Tell(VrrpInstance instance, in VrrpNotice notice)
    {
        Notices.Add(notice);
        if (notice.Kind == VrrpNoticeKind.StateChanged)
        {
            Log.Add($"{notice.From} to {notice.To}: {notice.Reason}");
        }
    }

    public void Clear()
    {
        Log.Clear();
        Notices.Clear();
        Sent.Clear();
    }

    public IEnumerable<VrrpMismatch> Mismatches() =>
        Notices.Where(notice => notice.Kind == VrrpNoticeKind.Mismatch).Select(notice => notice.Mismatch);
}
