// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>
/// RFC 3768 5.3.8 reckons over the message, RFC 9568 5.2.8 over the message for IPv4 and under the pseudo-header of RFC 8200
/// 8.1 for IPv6; what most send for IPv4 is the message under TCP's pseudo-header (source, destination, protocol, length).
/// </summary>
internal static class VrrpChecksum
{
    /// <summary>The checksum of a message whose checksum field is zero; zero if the field holds the right one.</summary>
    public static ushort Compute(ReadOnlySpan<byte> message, ChecksumForm form, IpAddr source, IpAddr destination)
    {
        ushort plain = InternetChecksum.Compute(message);
        return form == ChecksumForm.MessageOnly ? plain : Under(plain, source, destination, message.Length);
    }

    private static ushort Under(ushort plain, IpAddr source, IpAddr destination, int length)
    {
        ulong sum = (ushort)~plain + InternetChecksum.Sum(source) + InternetChecksum.Sum(destination) + (uint)length + (byte)IpProtocol.Vrrp;
        while (sum > ushort.MaxValue)
        {
            sum = (sum >> 16) + (sum & ushort.MaxValue);
        }

        return (ushort)~sum;
    }
}
