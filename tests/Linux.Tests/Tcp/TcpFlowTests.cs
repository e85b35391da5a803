// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Tcp;

/// <summary>What a full connection does, and what reading costs.</summary>
public sealed class TcpFlowTests : IDisposable
{
    private const ushort Port = 179;
    private readonly Segment _segment = new();
    private readonly TcpHost _here;
    private readonly TcpHost _there;
    private readonly TcpGate _gate;

    public TcpFlowTests()
    {
        _here = new(_segment.A);
        _there = new(_segment.B);
        _gate = _here.Listen("192.0.2.1", Port, accepted: new TcpOptions { LongestMessage = 20_000 });
    }

    [Fact]
    [Trait("Scenario", "F38")]
    public void Write_PeerDoesNotRead_IsRefusedWholeAndUrgentMessagesStillPassBulk()
    {
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions());
        TcpPeer called = _gate.AwaitPeer();
        _here.On(() => Pause(called));
        byte[] batch = new byte[60_000];
        Array.Fill(batch, (byte)'.');

        // Until nothing goes any more, not even after the kernel's buffers have settled.
        int taken = 0;
        MonoTime full = MonoTime.Never;
        _there.Await(() =>
        {
            bool took = caller.Connection!.TryWrite(batch);
            taken += took ? 1 : 0;
            full = took ? MonoTime.Never : MonoTime.Min(full, Reactor.Now);
            return full + TimeSpan.FromMilliseconds(300) < Reactor.Now;
        });
        TcpProgress stuck = _there.On(() => caller.Connection!.Progress);
        Assert.True(_there.On(() => caller.Connection!.TryWriteUrgent("K"u8)));
        int calls = _there.On(() => caller.WritableCalls);

        _here.On(() => Resume(called));
        _there.Await(() => caller.WritableCalls > calls);
        Assert.True(_there.On(() => caller.Connection!.TryWrite("B"u8)));
        long expected = ((long)taken * batch.Length) + 2;
        _here.Await(() => called.Octets == expected, () => $"{called.Octets} of {expected}");

        TestContext.Current.TestOutputHelper?.WriteLine($"a peer that does not read took {taken * batch.Length >> 10} KiB; then {stuck}");
        Assert.True(stuck.NotSent > 0 && stuck.Acknowledged > 0, stuck.ToString());
        Assert.Null(caller.Fault);
    }

    [Fact]
    public void Write_FasterThanThePeerReads_OctetsKeepTheirOrder()
    {
        const int Blocks = 300;
        byte[] block = new byte[60_000];
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = (byte)(i % 251);
        }

        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions());
        TcpPeer called = _gate.AwaitPeer();
        called.BlockLength = block.Length;
        int taken = 0;
        _there.Await(() =>
        {
            for (int i = 0; i < 2000 && taken < Blocks; i++)
            {
                taken += caller.Connection!.TryWrite(block) ? 1 : 0;
            }

            return taken == Blocks;
        });

        _here.Await(() => called.Octets == (long)Blocks * block.Length);
        Assert.True(_here.On(() => called.IsInOrder));
    }

    [Fact]
    public void Progress_PeerReadsAgain_AcknowledgedOctetsMove()
    {
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions());
        TcpPeer called = _gate.AwaitPeer();
        long before = _there.On(() => caller.Connection!.Progress.Acknowledged);
        caller.Write(new string('x', 5000));
        _here.Await(() => called.Octets == 5000);

        _there.Await(() => caller.Connection!.Progress.Acknowledged == before + 5000, () => $"{before} {caller.Connection!.Progress}");
    }

    [Fact]
    public void Received_HandlerTakesWholeMessagesOnly_SeesTheRestAgain()
    {
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions());
        TcpPeer called = _gate.AwaitPeer();
        // Messages of 17,000 octets: longer than the buffer begins with, shorter than it may become.
        const int Message = 17_000;
        called.Take = static there => there / Message * Message;

        for (int i = 0; i < 5; i++)
        {
            caller.Write(new string((char)('a' + i), Message));
        }

        _here.Await(() => called.Octets == 5 * Message, () => $"{called.Octets} {called.Fault}");
        Assert.Equal(string.Concat(Enumerable.Range(0, 3).Select(static i => new string((char)('a' + i), Message))), called.Text.ToString()[..(3 * Message)]);
    }

    [Fact]
    public void Received_LongerThanAnyMessage_EndsTheConnection()
    {
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions());
        TcpPeer called = _gate.AwaitPeer();
        called.Take = static _ => 0;

        caller.Write(new string('x', 30_000));
        _here.Await(() => called.Fault is not null);

        Assert.Equal(TcpFaultKind.MessageTooLong, called.Fault!.Value.Kind);
    }

    [Fact]
    public void Receive_ManyMessages_AllocatesNothing()
    {
        const int Rounds = 3000;
        const int Warm = 500;
        long before = 0;
        long after = -1;
        int rounds = 0;
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions());
        TcpPeer called = _gate.AwaitPeer();
        _here.On(() => called.Text.Append('x', 1 << 16));
        called.Take = there =>
        {
            rounds++;
            before = rounds == Warm ? GC.GetAllocatedBytesForCurrentThread() : before;
            after = rounds == Rounds ? GC.GetAllocatedBytesForCurrentThread() : after;
            return there;
        };
        byte[] keepalive = new byte[19];
        _there.Await(() =>
        {
            _ = caller.Connection!.TryWrite(keepalive);
            return Volatile.Read(ref rounds) >= Rounds || Spin(caller, keepalive);
        });

        Assert.Equal(0, _here.On(() => after - before));
    }

    private static bool Spin(TcpPeer caller, byte[] message)
    {
        for (int i = 0; i < 200; i++)
        {
            _ = caller.Connection!.TryWrite(message);
        }

        return false;
    }

    private static int Pause(TcpPeer peer)
    {
        peer.Connection!.PauseReading();
        return 0;
    }

    private static int Resume(TcpPeer peer)
    {
        peer.Connection!.ResumeReading();
        return 0;
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _segment.Dispose();
    }
}
