// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Linux.Tcp;

/// <summary>
/// Segments the kernel dropped without a word, in the whole network namespace (/proc/net/netstat): what a wrong password and
/// a peer from too far away look like from inside.
/// </summary>
/// <param name="NotSigned">Without a signature where one is required.</param>
/// <param name="Unexpected">With a signature where none is expected.</param>
/// <param name="Mismatched">With a signature by another key.</param>
/// <param name="TooFar">With a TTL or hop limit below what is required.</param>
public readonly record struct SegmentDrops(long NotSigned, long Unexpected, long Mismatched, long TooFar)
{
    private const string Prefix = "TcpExt:";

    /// <summary>The counters now; zero where the kernel has none.</summary>
    public static SegmentDrops Read()
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines("/proc/thread-self/net/netstat");
        }
        catch (IOException)
        {
            return default;
        }

        // Names in one line, values in the next, both after the prefix.
        int names = Array.FindIndex(lines, static line => line.StartsWith(Prefix, StringComparison.Ordinal));
        return names < 0 || names + 1 >= lines.Length ? default : Parse(lines[names], lines[names + 1]);
    }

    internal static SegmentDrops Parse(string names, string values)
    {
        string[] name = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] value = values.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(Of("TCPMD5NotFound"), Of("TCPMD5Unexpected"), Of("TCPMD5Failure"), Of("TCPMinTTLDrop"));

        long Of(string wanted)
        {
            int place = Array.IndexOf(name, wanted);
            return place > 0 && place < value.Length && long.TryParse(value[place], CultureInfo.InvariantCulture, out long count) ? count : 0;
        }
    }

    /// <summary>Why there was no answer, as far as the counters of both ends of the attempt tell.</summary>
    internal static string Explain(SegmentDrops before, SegmentDrops after, bool signs, bool secured)
    {
        string facts = (after.Mismatched > before.Mismatched, after.NotSigned > before.NotSigned, after.Unexpected > before.Unexpected, after.TooFar > before.TooFar) switch
        {
            (true, _, _, _) => "; meanwhile this node dropped segments signed by another TCP MD5 key: the passwords differ",
            (_, true, _, _) => "; meanwhile this node dropped segments without a TCP MD5 signature: the peer has no password for this node",
            (_, _, true, _) => "; meanwhile this node dropped segments with a TCP MD5 signature: the peer has a password for this node, and none is set here",
            (_, _, _, true) => "; meanwhile this node dropped segments whose TTL was too low: the peer is farther away than its TTL security allows, or does not send 255",
            _ => "",
        };
        string guess = signs
            ? "a wrong or missing TCP MD5 password on either side looks just like this, because kernels drop such segments silently, and so does a peer where nobody listens: compare the passwords, and see whether BGP runs there"
            : "a firewall, a TCP MD5 password that the peer expects, or TTL security at the peer look like this";
        return $"{guess}{(secured && signs ? ", and whether the peer uses TTL security, too" : "")}{facts}";
    }
}
