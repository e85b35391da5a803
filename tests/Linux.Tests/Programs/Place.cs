// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tests.Programs;

/// <summary>A directory that everybody may pass, with programs in it; removed with the test.</summary>
internal sealed class Place : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_101_101;

    public Place()
    {
        Path = Directory.CreateTempSubdirectory("lbprograms-").FullName;
        File.SetUnixFileMode(Path, Everybody);
    }

    public string Path { get; }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Script(string name, string body, UnixFileMode mode = Everybody)
    {
        string path = At(name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, mode);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
