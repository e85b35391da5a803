// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LoadBalancer.Linux;

/// <summary>
/// The words of an error that the kernel has just returned: its number is read before any of them is made, for making them may
/// call the C library. The compiler takes this for every interpolated text that is handed to where an error is told of.
/// </summary>
[InterpolatedStringHandler]
internal ref struct AfterErrno
{
    private DefaultInterpolatedStringHandler _words;

    public AfterErrno(int literalLength, int formattedCount)
    {
        Error = Marshal.GetLastPInvokeError();
        _words = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    /// <summary>The error number, as it was when the text was begun.</summary>
    public int Error { get; }

    public void AppendLiteral(string value) => _words.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _words.AppendFormatted(value);

    public string ToStringAndClear() => _words.ToStringAndClear();
}
