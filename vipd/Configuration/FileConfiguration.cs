// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Configuration;

/// <summary>
/// Reads a configuration from a file of either kind, and tells when the file, or one it includes, has changed. One that may be
/// missing says nothing while it is.
/// </summary>
internal sealed class FileConfiguration(string path, string nodeName, bool mayBeMissing = false)
{
    private static readonly string[] YamlEndings = [".yaml", ".yml"];

    private Dictionary<string, (long, DateTime)> _seen = new(StringComparer.Ordinal);

    public string Path { get; } = path;

    /// <summary>Reads the file, whatever it holds; what is wrong is in the problems.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ConfigurationReading Read()
    {
        if (mayBeMissing && !File.Exists(Path))
        {
            _seen = Fingerprint([Path]);
            return new(new(), []);
        }

        DiskFiles files = new();
        try
        {
            string text = files.ReadOrThrow(Path);
            ConfigurationReading reading = IsYaml(Path, text)
                ? VipdYaml.Read(text, Path)
                : KeepalivedConf.Read(text, Path, new KeepalivedOptions { ConfigId = nodeName, HostName = nodeName, Files = files, FindProgram = ProgramPath.Find });
            return Unsupported.Judge(reading, Path);
        }
        finally
        {
            _seen = Fingerprint(files.Asked);
        }
    }

    /// <summary>Whether anything that was read is another now.</summary>
    public bool HasChanged()
    {
        Dictionary<string, (long, DateTime)> now = Fingerprint(_seen.Keys);
        return now.Any(file => _seen[file.Key] != file.Value);
    }

    /// <summary>By its name, and where that says nothing by the first line that means something.</summary>
    public static bool IsYaml(string path, string text)
    {
        if (YamlEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        if (path.EndsWith(".conf", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (trimmed.Length > 0 && trimmed[0] is not ('#' or '!'))
            {
                return trimmed.StartsWith("version:", StringComparison.Ordinal) || trimmed is "---" || trimmed[0] == '{' || trimmed[^1] == ':';
            }
        }

        return true;
    }

    // A mounted ConfigMap changes by a link to another folder: what the path leads to counts.
    private static Dictionary<string, (long, DateTime)> Fingerprint(IEnumerable<string> paths)
    {
        Dictionary<string, (long, DateTime)> prints = new(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            try
            {
                FileSystemInfo place = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
                FileSystemInfo target = place.ResolveLinkTarget(returnFinalTarget: true) ?? place;
                prints[path] = (target is FileInfo { Exists: true } file ? file.Length : -1, target.LastWriteTimeUtc);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                prints[path] = default;
            }
        }

        return prints;
    }
}
