// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;

namespace LoadBalancer.ApiServer.Cel;

/// <summary>A prefix as written, host bits and all.</summary>
public sealed record IPNetworkText(IPAddress Address, int Length)
{
    public IPNetwork Network => new(Masked(), Length);

    public static IPNetworkText? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || StrictAddress.Parse(text[..slash]) is not { } address || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return null;
        if (text[slash + 1] == '0' && text.Length > slash + 2)
            return null;
        return length <= address.GetAddressBytes().Length * 8 ? new IPNetworkText(address, length) : null;
    }

    private IPAddress Masked()
    {
        var bytes = Address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(Length - (i * 8), 0, 8));
        return new IPAddress(bytes);
    }
}
