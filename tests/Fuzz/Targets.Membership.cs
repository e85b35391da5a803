// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Membership;
using LoadBalancer.Primitives;

namespace LoadBalancer.Fuzz;

internal static partial class Targets
{
    private static readonly HeartbeatKey Key = new("0123456789abcdef0123456789abcdef"u8);

    // What a peer sent is also written again: the writer counts on what the reader has let through.
    private static void HeartbeatPlain(ReadOnlySpan<byte> input)
    {
        Heartbeat message = new();
        bool read = HeartbeatCodec.TryRead(input, null, message, out Membership.DropReason reason);
        FuzzTarget.Require(read == (reason == Membership.DropReason.None), "a reason goes with a refusal");
        if (read)
        {
            byte[] written = new byte[HeartbeatCodec.MaxLength];
            int length = HeartbeatWriter.Write(message, null, written);
            FuzzTarget.Require(
                HeartbeatCodec.TryRead(written.AsSpan(0, length), null, new Heartbeat(), out _), "a heartbeat reads as written");
        }
    }

    private static void HeartbeatAuthenticated(ReadOnlySpan<byte> input)
    {
        bool read = HeartbeatCodec.TryRead(input, Key, new Heartbeat(), out _);
        FuzzTarget.Require(!read || input.SequenceEqual(SampleHeartbeat(Key)), "no change of an authenticated heartbeat is accepted");
    }

    private static byte[] SampleHeartbeat(HeartbeatKey? key)
    {
        Heartbeat message = new()
        {
            Node = "node-a",
            Interface = "eth0",
            Incarnation = 1,
            Sequence = 2,
            Ready = true,
            TotalClaims = 2,
            LastPage = true,
        };
        message.Prefixes.Add(IpPrefix.Parse("192.0.2.0/24"));
        message.Prefixes.Add(IpPrefix.Parse("2001:db8::/64"));
        message.Echoes.Add(new(3, 4));
        message.Claims.Add(new(Services[0], 1, false));
        message.Claims.Add(new(Services[2], 2, true));
        byte[] written = new byte[HeartbeatCodec.MaxLength];
        return written[..HeartbeatWriter.Write(message, key, written)];
    }
}
