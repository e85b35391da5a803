// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux;
using LoadBalancer.Linux.Files;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>
/// The files of a configuration. Their directories are watched, so that a file that is written, replaced or removed is read at
/// once; now and then they are read without that, for file systems that tell nothing.
/// </summary>
internal sealed class FileTracks(ReportBoard board, Reactor reactor) : ITrack, IDisposable
{
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(5);

    private readonly NamedSet<TrackedFile, TrackedFile> _files = new();
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);
    private DirectoryWatch? _watch;
    private MonoTime _readAt = MonoTime.Never;

    public void Apply(VipConfiguration configuration, MonoTime now)
    {
        HashSet<string> before = [.. _files.Running.Select(Place)];
        _files.Apply(
            configuration.Files.Select(static file => (file.Name, file with { Weight = 0, Reverse = false })),
            Begin,
            (name, _, gone) =>
            {
                if (gone)
                    board.Forget(TrackedKind.File, name);
            });
        HashSet<string> after = [.. _files.Running.Select(Place)];
        if (after.Count > 0)
            _watch ??= new(reactor, Changed);
        foreach (string directory in before.Except(after))
            _watch?.Remove(directory);
        _readAt = after.Count > 0 ? now : MonoTime.Never;
    }

    public MonoTime Settle(MonoTime now)
    {
        if (_readAt <= now)
        {
            _readAt = now + ReadInterval;
            // Watched first and read then: a change between the two is told.
            foreach (string directory in _files.Running.Select(Place).ToHashSet())
                if (!_watch!.IsWatching(directory))
                    _watch.TryAdd(directory);
            foreach (TrackedFile file in _files.Running)
                Read(file);
        }

        return _readAt;
    }

    private TrackedFile Begin(string name, TrackedFile file)
    {
        board.Begin(new(TrackedKind.File, name, TrackState.Unknown, null, "not read yet"));
        // Once while this process runs: a reload must not undo what was written since.
        if (file.InitialValue is { } initial && _begun.Add($"{name}\0{file.Path}") && FileValue.Write(file.Path, initial, file.Overwrite) is { } problem)
            board.Take(new(TrackedKind.File, name, TrackState.Unknown, null, problem), problem: true);
        return file;
    }

    private void Changed(string directory)
    {
        if (!_watch!.IsWatching(directory))
            _watch.TryAdd(directory);
        foreach (TrackedFile file in _files.Running)
            if (Place(file) == directory)
                Read(file);
    }

    private void Read(TrackedFile file)
    {
        FileValue value = FileValue.Read(file.Path);
        TrackState state = value.Number is null ? TrackState.Down : TrackState.Up;
        board.Take(new(TrackedKind.File, file.Name, state, value.Number, value.Words), problem: value.Number is null);
    }

    private static string Place(TrackedFile file) => Path.GetDirectoryName(file.Path) is { Length: > 0 } directory ? directory : "/";

    public void Dispose() => _watch?.Dispose();
}
