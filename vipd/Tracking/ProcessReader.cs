// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>Reads processes from proc(5). One that ends while it is read is none.</summary>
internal sealed class ProcessReader(string root = "/proc")
{
    private const int MostArguments = 16384;
    private readonly byte[] _buffer = new byte[MostArguments];

    /// <summary>The ids of all processes.</summary>
    public IEnumerable<int> All()
    {
        foreach (string directory in Directory.EnumerateDirectories(root))
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                yield return id;
    }

    /// <summary>What a process is called by the kernel; null when it is not there.</summary>
    public string? Name(int id)
    {
        int length = Read(id, "comm");
        return length <= 0 ? null : Encoding.UTF8.GetString(_buffer, 0, length).TrimEnd('\n');
    }

    /// <summary>Its arguments; null when it has ended and nobody has taken note yet (a zombie), or is not there.</summary>
    public IReadOnlyList<string>? Arguments(int id)
    {
        // "pid (name) state ...": the name may hold anything, a parenthesis too.
        int length = Read(id, "stat");
        int end = length <= 0 ? -1 : _buffer.AsSpan(0, length).LastIndexOf((byte)')');
        if (end < 0 || end + 2 >= length || _buffer[end + 2] is (byte)'Z' or (byte)'X')
            return null;
        length = Read(id, "cmdline");
        return length < 0 ? null
            : length == 0 ? []
            : Encoding.UTF8.GetString(_buffer, 0, _buffer[length - 1] == 0 ? length - 1 : length).Split('\0');
    }

    private int Read(int id, string file)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"{root}/{id}/{file}"));
            int length = 0;
            while (length < _buffer.Length)
            {
                int more = RandomAccess.Read(handle, _buffer.AsSpan(length), length);
                if (more <= 0)
                    break;
                length += more;
            }

            return length;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }
}
