// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace LoadBalancer.Linux.Programs;

/// <summary>Keeps of an endless output its last line that is not blank, and of that the beginning.</summary>
internal sealed class LastLine
{
    private const int Most = 200;

    private byte[] _line = [];
    private byte[] _next = [];
    private int _length;
    private int _nextLength;

    public void Take(ReadOnlySpan<byte> output)
    {
        foreach (byte octet in output)
        {
            if (octet is (byte)'\n' or (byte)'\r')
            {
                Finish();
            }
            else if (_nextLength < Most && (_nextLength > 0 || octet != ' '))
            {
                if (_next.Length == 0)
                {
                    _next = new byte[Most];
                }

                _next[_nextLength++] = octet;
            }
        }
    }

    private void Finish()
    {
        if (_nextLength > 0)
        {
            (_line, _next) = (_next, _line);
            _length = _nextLength;
            _nextLength = 0;
        }
    }

    public override string ToString()
    {
        Finish();
        char[] text = Encoding.UTF8.GetString(_line.AsSpan(0, _length)).TrimEnd().ToCharArray();
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = char.IsControl(text[i]) ? '?' : text[i];
        }

        return new(text);
    }
}
