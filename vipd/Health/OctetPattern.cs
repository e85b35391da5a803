// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Health;

/// <summary>Octets in hexadecimal of which a digit may be x: any. What is compared may go on behind them.</summary>
internal sealed class OctetPattern
{
    private readonly byte[] _values;
    private readonly byte[] _masks;

    private OctetPattern(byte[] values, byte[] masks) => (_values, _masks) = (values, masks);

    public ReadOnlySpan<byte> Values => _values;

    /// <summary>Reads the digits, between which blanks may be; false when they are none or an odd number.</summary>
    public static bool TryParse(string text, out OctetPattern pattern)
    {
        string digits = text.Replace(" ", "", StringComparison.Ordinal);
        pattern = new([], []);
        if (digits.Length % 2 != 0)
        {
            return false;
        }

        byte[] values = new byte[digits.Length / 2];
        byte[] masks = new byte[values.Length];
        for (int i = 0; i < digits.Length; i++)
        {
            bool any = digits[i] is 'x' or 'X';
            if (!any && !char.IsAsciiHexDigit(digits[i]))
            {
                return false;
            }

            values[i / 2] = (byte)((values[i / 2] << 4) | (any ? 0 : Convert.ToInt32(digits[i].ToString(), 16)));
            masks[i / 2] = (byte)((masks[i / 2] << 4) | (any ? 0 : 0xF));
        }

        pattern = new(values, masks);
        return true;
    }

    public bool Matches(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < _values.Length)
        {
            return false;
        }

        for (int i = 0; i < _values.Length; i++)
        {
            if ((octets[i] & _masks[i]) != _values[i])
            {
                return false;
            }
        }

        return true;
    }
}
