// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.Fuzz;

internal static partial class Targets
{
    private const int MostSteps = 4096;

    // The session, its buffers, and what the checks remember.
    private const long SessionAllocationLimit = 16 * 1024 * 1024;

    private const string RouterSolicited = "8500000000000000" + "0101020000000001";

    private const string RouterAdvertised =
        "860000004000070800000000000003e8" + "0101020000000002" + "05010000000005dc" + "030440c0000151800000384000000000" + "20010db8000000000000000000000000";

    private static IEnumerable<FuzzTarget> Sessions =>
    [
        FuzzTarget.Octets(
            "bgp-session", BgpSessionSteps,
            // Dialled, up, routes; the same passive; both ways at once; an operator.
            "00" + "0a" + "00000000" + "00000000" + "00000000" + "0001000000020000" + "08080f",
            "03" + "09" + "00010000" + "00000000" + "00100000" + "00050000" + "cc" + "09" + "00020000" + "00000000" + "080808",
            "00" + "0a09" + "00000000" + "10000000" + "00000000" + "10000000" + "000000ff" + "1000a0ff",
            "29" + "0a" + "00000000" + "00000000" + "0d00" + "0808" + "0a" + "00000000" + "00000000" + "0d0c" + "0d18" + "0d30" + "0e3a0102030405060708090a0b0c0d0e")
            with { AllocationLimit = SessionAllocationLimit },
        FuzzTarget.Octets("router-message", Router, RouterSolicited, RouterAdvertised, RouterAdvertised[..32], RouterSolicited[..16]),
    ];

    /// <summary>The first octet chooses the configuration; what follows is a program for <see cref="BgpDriver"/>.</summary>
    private static void BgpSessionSteps(ReadOnlySpan<byte> input)
    {
        if (!input.IsEmpty)
        {
            new BgpDriver(input[0], seed: 1).Run(input[1..Math.Min(input.Length, MostSteps)]);
        }
    }

    private static void Router(ReadOnlySpan<byte> input)
    {
        if (!RouterMessage.TryRead(input, out RouterMessage message))
        {
            return;
        }

        FuzzTarget.Require(input[0] == (message.IsAdvertisement ? 134 : 133) && input[1] == 0, "a message is of its type");
        FuzzTarget.Require(message.IsAdvertisement || message.LifetimeSeconds == 0, "who asks is no router");
        byte[] written = new byte[RouterMessage.MaxLength];
        int length = message.Write(written);
        FuzzTarget.Require(length > 0 && length <= input.Length, "a message that was read is written, no longer than it was");
        FuzzTarget.Require(RouterMessage.TryRead(written.AsSpan(0, length), out RouterMessage again) && again == message, "a message reads as written");
        FuzzTarget.Require(message.Write(written.AsSpan(0, length - 1)) == 0, "what has no room is not written");
    }
}
