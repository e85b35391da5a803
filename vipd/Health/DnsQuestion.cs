// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LoadBalancer.Vipd.Health;

/// <summary>A question of DNS (RFC 1035 4.1) and whether a message answers it.</summary>
internal static class DnsQuestion
{
    private const int HeaderLength = 12;
    private const int LongestLabel = 63;
    private const int LongestName = 255;
    private const ushort RecursionDesired = 0x0100;
    private const ushort ClassInternet = 1;

    /// <summary>The message; false, with why, for a name or type that cannot be asked for.</summary>
    public static bool TryBuild(ushort id, string type, string name, out byte[] message, out string reason)
    {
        message = [];
        if (TypeOf(type) is not { } number)
        {
            reason = $"queryType {type} is none that is known: write A, AAAA, SOA or another, or TYPE and its number";
            return false;
        }

        // 0xC0 octets of names are more than enough; the header before and type and class behind.
        byte[] buffer = new byte[HeaderLength + LongestName + 4];
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(4), 1);
        int at = HeaderLength;
        foreach (string label in name.Trim('.').Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            int length = Encoding.UTF8.GetByteCount(label);
            if (length > LongestLabel || at + length + 2 > HeaderLength + LongestName)
            {
                reason = $"name {name} is too long: a label has at most 63 octets, a name 255";
                return false;
            }

            buffer[at++] = (byte)length;
            at += Encoding.UTF8.GetBytes(label, buffer.AsSpan(at));
        }

        at++;
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(at), number);
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(at + 2), ClassInternet);
        (message, reason) = (buffer[..(at + 4)], "");
        return true;
    }

    /// <summary>Whether a message answers the question well; null when it is no answer to it at all.</summary>
    public static ProbeAnswer? Judge(ReadOnlySpan<byte> question, ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderLength || !message[..2].SequenceEqual(question[..2]) || (message[2] & 0x80) == 0)
        {
            return null;
        }

        int code = message[3] & 0xF;
        return code == 0
            ? ProbeAnswer.Up($"answered with {BinaryPrimitives.ReadUInt16BigEndian(message[6..])} records")
            : ProbeAnswer.Down($"answered {Name(code)}");
    }

    private static string Name(int code) => code switch
    {
        1 => "FORMERR: the server does not understand the question",
        2 => "SERVFAIL: the server could not find an answer",
        3 => "NXDOMAIN: there is no such name",
        4 => "NOTIMP: the server does not know this kind of question",
        5 => "REFUSED: the server does not answer this node",
        _ => $"with code {code}",
    };

    private static ushort? TypeOf(string type) => type.ToUpperInvariant() switch
    {
        "A" => 1,
        "NS" => 2,
        "CNAME" => 5,
        "" or "SOA" => 6,
        "PTR" => 12,
        "MX" => 15,
        "TXT" => 16,
        "AAAA" => 28,
        "SRV" => 33,
        "DS" => 43,
        "RRSIG" => 46,
        "DNSKEY" => 48,
        "CAA" => 257,
        "ANY" => 255,
        string other when other.StartsWith("TYPE", StringComparison.Ordinal) && ushort.TryParse(other.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) => number,
        _ => null,
    };
}
