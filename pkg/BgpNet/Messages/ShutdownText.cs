// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>Writes a shutdown communication, the data of Cease 2 and 4 (RFC 9003 2): a length and that much UTF-8.</summary>
public static class ShutdownText
{
    /// <summary>Octets of the longest data.</summary>
    public const int MaxLength = 1 + byte.MaxValue;

    /// <summary>Writes the data; text that does not fit 255 octets is cut between characters. Returns the octets written.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <see cref="MaxLength"/>.</exception>
    public static int Write(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (destination.Length < MaxLength)
        {
            throw new ArgumentException($"A shutdown communication needs {MaxLength} octets", nameof(destination));
        }

        _ = System.Text.Unicode.Utf8.FromUtf16(text, destination.Slice(1, byte.MaxValue), out _, out int written);
        destination[0] = (byte)written;
        return 1 + written;
    }
}
