// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Configuration;

/// <summary>Files of the disk, of bounded size; remembers what was asked for, so that a change of any of it is seen.</summary>
internal sealed class DiskFiles : IConfigFiles
{
    /// <summary>Far more than a configuration of 4,000 instances needs.</summary>
    public const int MostOctets = 16 << 20;

    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Every file and folder that was asked for.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>The text of a file.</summary>
    /// <exception cref="IOException">It cannot be read, or is too long; the message says which.</exception>
    public string ReadOrThrow(string path)
    {
        _asked.Add(path);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] octets = new byte[MostOctets + 1];
            int length = file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
            return length <= MostOctets
                ? Encoding.UTF8.GetString(octets, 0, length)
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
