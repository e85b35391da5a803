// SPDX-License-Identifier: Apache-2.0
using System.IO.MemoryMappedFiles;
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Plane;

/// <summary>
/// Which instances were master, and when each sent its last advertisement: written at every one of them into mapped memory, so
/// that a process that was killed and started again, or upgraded, goes on as master before any other node misses it.
/// Layout: boot (16 octets); then for each instance the hash of its name (16), the instant by CLOCK_MONOTONIC in nanoseconds, 0 for not
/// master (8), and 8 that are free.
/// </summary>
internal sealed class ResumeFile : IDisposable
{
    private const int HeaderOctets = 32;
    private const int SlotOctets = 32;
    private const int BootOctets = 16;
    private const int InstantOffset = Fingerprint.Octets;
    private const int MostSlots = 8192;
    private const int Octets = HeaderOctets + (MostSlots * SlotOctets);
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    private readonly Dictionary<Fingerprint, long> _before = [];
    private readonly Stack<int> _free = new();
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private int _used;

    /// <summary>Reads what an earlier process of this boot left, and begins anew.</summary>
    public ResumeFile(string path)
    {
        byte[] boot = Encoding.ASCII.GetBytes(File.ReadAllText(BootId).Trim().Replace("-", "", StringComparison.Ordinal)[..BootOctets]);
        try
        {
            if (File.Exists(path))
            {
                Read(File.ReadAllBytes(path), boot);
            }

            Begin(path, boot);
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, Octets);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Fault = fault.Message;
            _file = MemoryMappedFile.CreateNew(null, Octets);
        }

        _view = _file.CreateViewAccessor(0, Octets);
    }

    /// <summary>Why nothing outlives this process, in words; null when it does.</summary>
    public string? Fault { get; }

    /// <summary>What an instance is known by: its name and its place on the segment.</summary>
    public static Fingerprint KeyOf(string name, string interfaceName, IpFamily family, int routerId) =>
        Fingerprint.Of(Encoding.UTF8.GetBytes($"{name}\n{interfaceName}\n{family}\n{routerId}"));

    /// <summary>How long ago an earlier process of this boot advertised as master; null when it did not.</summary>
    public TimeSpan? AgeOf(Fingerprint key, MonoTime now) =>
        _before.TryGetValue(key, out long at) && at <= now.Nanoseconds ? now - new MonoTime(at) : null;

    /// <summary>A slot for an instance; -1 when there is no room, and the instance does not resume.</summary>
    public int Open(Fingerprint key)
    {
        if (!_free.TryPop(out int slot))
        {
            if (_used == MostSlots)
            {
                return -1;
            }

            slot = _used++;
        }

        byte[] octets = new byte[Fingerprint.Octets];
        key.Write(octets);
        _view.Write(InstantAt(slot), 0L);
        _view.WriteArray(HeaderOctets + ((long)slot * SlotOctets), octets, 0, octets.Length);
        return slot;
    }

    public void Close(int slot)
    {
        if (slot >= 0)
        {
            _view.Write(InstantAt(slot), 0L);
            _free.Push(slot);
        }
    }

    /// <summary>It advertised as master now.</summary>
    public void Mark(int slot, MonoTime now)
    {
        if (slot >= 0)
        {
            _view.Write(InstantAt(slot), now.Nanoseconds);
        }
    }

    /// <summary>It is master no more.</summary>
    public void Clear(int slot)
    {
        if (slot >= 0)
        {
            _view.Write(InstantAt(slot), 0L);
        }
    }

    // Every octet is written, not only the length set: what is mapped and has no room on the disk ends the process when it is touched.
    private static void Begin(string path, byte[] boot)
    {
#pragma warning disable CA1416 // the daemon is Linux through and through
        // Shared with nobody but the next process; the mode keeps others from telling it lies.
        using FileStream fresh = new(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
#pragma warning restore CA1416
        byte[] empty = new byte[Octets];
        boot.CopyTo(empty, 0);
        fresh.Write(empty);
        fresh.SetLength(Octets);
    }

    private static long InstantAt(int slot) => HeaderOctets + ((long)slot * SlotOctets) + InstantOffset;

    private void Read(ReadOnlySpan<byte> file, ReadOnlySpan<byte> boot)
    {
        if (file.Length < HeaderOctets || !file[..boot.Length].SequenceEqual(boot))
        {
            return;
        }

        for (ReadOnlySpan<byte> rest = file[HeaderOctets..]; rest.Length >= SlotOctets; rest = rest[SlotOctets..])
        {
            long at = System.Runtime.InteropServices.MemoryMarshal.Read<long>(rest[InstantOffset..]);
            if (at > 0)
            {
                _before[Fingerprint.Read(rest)] = at;
            }
        }
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
