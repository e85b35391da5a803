// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Configuration;

/// <summary>Files of the disk, of bounded size; remembers what was asked for, so that a change of any of it is seen.</summary>
internal sealed class DiskFiles : IConfigFiles
{
    /// <summary>Far more than a configuration of 4,000 instances needs.</summary>
    public const int MostOctets = 16 << 20;

    private const int ChunkOctets = 64 << 10;

    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Every file and folder that was asked for.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>The text of a file.</summary>
    /// <exception cref="IOException">It cannot be read, or is too long; the message says which.</exception>
    public string ReadOrThrow(string path)
    {
        _asked.Add(path);
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a directory: give the file in it");
        }

        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using MemoryStream text = new();
            byte[] octets = new byte[ChunkOctets];
            while (text.Length <= MostOctets && file.Read(octets) is > 0 and var length)
            {
                text.Write(octets, 0, length);
            }

            return text.Length <= MostOctets
                ? Encoding.UTF8.GetString(WithoutMark(text.GetBuffer().AsSpan(0, (int)text.Length)))
                : throw new IOException($"{path} is longer than {MostOctets >> 20} MiB, which no configuration is: give the right file");
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"{path} may not be read: run vipd as a user that may, or change the mode of the file");
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"{path} is not there: name the configuration with --config", fault);
        }
    }

    // Editors of other systems begin a file with U+FEFF, which nobody sees.
    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) => text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;

    /// <inheritdoc/>
    public string? Read(string path)
    {
        try
        {
            return ReadOrThrow(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        _asked.Add(directory);
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory).Select(static p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
