// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using LoadBalancer.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>The number in a file: of its first line, with or without a sign. A file that is missing or empty says 0, as in keepalived.</summary>
internal readonly record struct FileValue(int? Number, string Words)
{
    private const int Most = 64;

    public static FileValue Read(string path)
    {
        try
        {
            // A pipe would hold up whoever opens it.
            if (FileStatus.TryRead(path, followLinks: true, out FileStatus status) && !status.IsRegular)
                return new(null, $"{path} is no file: give the path of a file with a number in it");
            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> buffer = stackalloc byte[Most];
            int length = RandomAccess.Read(handle, buffer, 0);
            return Parse(path, Encoding.UTF8.GetString(buffer[..length]));
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(0, $"{path} is not there, which counts as 0");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(null, $"{path} cannot be read: {fault.Message}");
        }
    }

    private static FileValue Parse(string path, string text)
    {
        string line = text.Split('\n')[0].Trim();
        if (line.Length == 0)
            return new(0, $"{path} is empty, which counts as 0");
        if (!long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            return new(null, $"{path} holds \"{Shown(line)}\", which is no number: write one, such as 0");
        int limited = (int)Math.Clamp(number, int.MinValue, int.MaxValue);
        return new(limited, string.Create(CultureInfo.InvariantCulture, $"{path} says {limited}"));
    }

    /// <summary>Writes a number where the file is missing, or always; says what went wrong, or null.</summary>
    public static string? Write(string path, int number, bool overwrite)
    {
        try
        {
            if (!overwrite && File.Exists(path))
                return null;
            if (overwrite)
                File.Delete(path);
            // Made anew and never opened: a link that somebody else has put there is not followed.
            using FileStream stream = new(path, FileMode.CreateNew, FileAccess.Write);
            stream.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}\n")));
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be written: {fault.Message}";
        }
    }

    private static string Shown(string line) => string.Concat(line.Take(20).Select(static letter => char.IsControl(letter) ? '?' : letter));
}
