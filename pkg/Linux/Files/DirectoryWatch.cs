// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux.Files;

/// <summary>Tells on a reactor when something in a directory changes (inotify(7)). Of what it is told, one call per round remains.</summary>
public sealed unsafe class DirectoryWatch : IDisposable
{
    private const int NonBlockCloexec = 0x80800;
    private const uint Modified = 0x2;
    private const uint ClosedAfterWrite = 0x8;
    private const uint MovedAway = 0x40;
    private const uint MovedHere = 0x80;
    private const uint Created = 0x100;
    private const uint Deleted = 0x200;
    private const uint SelfDeleted = 0x400;
    private const uint SelfMoved = 0x800;
    private const uint DirectoriesOnly = 0x1000000;
    private const uint Ignored = 0x8000;
    private const uint Overflow = 0x4000;
    private const uint Wanted = Modified | ClosedAfterWrite | MovedAway | MovedHere | Created | Deleted | SelfDeleted | SelfMoved | DirectoriesOnly;
    // struct inotify_event: watch (4), mask (4), cookie (4), length of the name (4), name.
    private const int HeaderOctets = 16;

    private readonly FileDescriptor _notify = FileDescriptor.Own(Libc.NotifyCreate(NonBlockCloexec), "watch directories");
    private readonly Dictionary<int, string> _byWatch = [];
    private readonly Dictionary<string, int> _byDirectory = new(StringComparer.Ordinal);
    private readonly byte[] _events = GC.AllocateArray<byte>(16384, pinned: true);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly Reactor _reactor;
    private readonly Action<string> _told;

    /// <summary>A watch on nothing; the constructor is called on the reactor, or before it starts.</summary>
    public DirectoryWatch(Reactor reactor, Action<string> changed)
    {
        ArgumentNullException.ThrowIfNull(reactor);
        _reactor = reactor;
        _told = changed;
        reactor.Add(_notify, Drain);
    }

    /// <summary>Watches a directory; false when it is not there, or was taken away: try again later.</summary>
    public bool TryAdd(string directory)
    {
        int watch = Libc.NotifyAdd(_notify, directory, Wanted);
        if (watch < 0)
        {
            return false;
        }

        _byWatch[watch] = directory;
        _byDirectory[directory] = watch;
        return true;
    }

    /// <summary>Watches it no more.</summary>
    public void Remove(string directory)
    {
        if (_byDirectory.Remove(directory, out int watch))
        {
            _byWatch.Remove(watch);
            _ = Libc.NotifyRemove(_notify, watch);
        }
    }

    /// <summary>Whether the directory is watched still; one that was removed or renamed is not.</summary>
    public bool IsWatching(string directory) => _byDirectory.ContainsKey(directory);

    private void Drain()
    {
        while (true)
        {
            nint length;
            fixed (byte* buffer = _events)
            {
                length = Libc.Read(_notify, buffer, (nuint)_events.Length);
            }

            if (length <= 0)
            {
                break;
            }

            ReadOnlySpan<byte> rest = _events.AsSpan(0, (int)length);
            while (rest.Length >= HeaderOctets)
            {
                Take(MemoryMarshal.Read<int>(rest), MemoryMarshal.Read<uint>(rest[4..]));
                int whole = HeaderOctets + MemoryMarshal.Read<int>(rest[12..]);
                rest = rest[Math.Min(whole, rest.Length)..];
            }
        }

        string[] changed = [.. _changed];
        _changed.Clear();
        foreach (string directory in changed)
        {
            _told(directory);
        }
    }

    private void Take(int watch, uint happened)
    {
        if ((happened & Overflow) != 0)
        {
            _changed.UnionWith(_byDirectory.Keys);
        }
        else if (_byWatch.TryGetValue(watch, out string? directory))
        {
            _changed.Add(directory);
            if ((happened & (Ignored | SelfMoved)) != 0)
            {
                Remove(directory);
            }
        }
    }

    /// <summary>On the reactor's thread, or after it has ended.</summary>
    public void Dispose()
    {
        _reactor.Remove(_notify);
        _notify.Dispose();
    }
}
