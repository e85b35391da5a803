// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig;

/// <summary>Ports and endpoints as text.</summary>
internal static class PortText
{
    public static bool TryParse(ReadOnlySpan<char> text, out int port)
    {
        port = 0;
        return text.Length is > 0 and <= 5 && !text.ContainsAnyExceptInRange('0', '9')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;
    }

    public static bool TryParse(ReadOnlySpan<char> text, out PortRange range)
    {
        int dash = text.IndexOf('-');
        range = default;
        if (!TryParse(dash < 0 ? text : text[..dash], out int first))
            return false;
        int last = first;
        if (dash >= 0 && (!TryParse(text[(dash + 1)..], out last) || last < first))
            return false;
        range = new(first, last);
        return true;
    }

    public static bool TryParse(ReadOnlySpan<char> text, out VirtualEndpoint endpoint)
    {
        endpoint = default;
        int port = 0;
        if (text.Length > 0 && text[0] == '[')
        {
            int end = text.IndexOf(']');
            if (end < 0 || end + 2 > text.Length || text[end + 1] != ':' || !TryParse(text[(end + 2)..], out port) || port == 0 || text[1..end].IndexOf(':') < 0)
                return false;
            text = text[1..end];
        }
        else if (text.Count(':') == 1)
        {
            int colon = text.IndexOf(':');
            if (!TryParse(text[(colon + 1)..], out port) || port == 0)
                return false;
            text = text[..colon];
        }

        int dash = text.IndexOf('-');
        if (!IpAddr.TryParse(dash < 0 ? text : text[..dash], out IpAddr first))
            return false;
        IpAddr last = first;
        if (dash >= 0 && (!IpAddr.TryParse(text[(dash + 1)..], out last) || last.Family != first.Family || last < first))
            return false;
        endpoint = new(first, last, port);
        return true;
    }
}
