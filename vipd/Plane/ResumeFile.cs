// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
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
    private const int InstantOffset = 16;
    private const int MostSlots = 8192;
    private const int HashOctets = 16;
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    private static readonly UInt128 Prime = new(1 << 24, 0x13b);

    private readonly Dictionary<UInt128, long> _before = [];
    private readonly Stack<int> _free = new();
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private int _used;

    /// <summary>Reads what an earlier process of this boot left, and begins anew.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public ResumeFile(string path)
    {
        const int Octets = HeaderOctets + (MostSlots * SlotOctets);
        byte[] boot = Encoding.ASCII.GetBytes(File.ReadAllText(BootId).Trim().Replace("-", "", StringComparison.Ordinal)[..HashOctets]);
        if (File.Exists(path))
        {
            Read(File.ReadAllBytes(path), boot);
        }

#pragma warning disable CA1416 // the daemon is Linux through and through
        // Shared with nobody but the next process; the mode keeps others from telling it lies.
        using (FileStream fresh = new(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            fresh.SetLength(Octets);
        }
#pragma warning restore CA1416

        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, Octets);
        _view = _file.CreateViewAccessor(0, Octets);
        _view.WriteArray(0, boot, 0, boot.Length);
        for (int i = 0; i < MostSlots; i++)
        {
            _view.Write(InstantAt(i), 0L);
        }
    }

    /// <summary>What an instance is known by: its name and its place on the segment.</summary>
    public static UInt128 KeyOf(string name, string interfaceName, IpFamily family, int routerId)
    {
        // FNV-1a: nobody but this node names its instances, and a cryptographic hash brings OpenSSL into memory.
        UInt128 hash = new(0x6c62272e07bb0142, 0x62b821756295c58d);
        foreach (byte octet in Encoding.UTF8.GetBytes($"{name}\n{interfaceName}\n{family}\n{routerId}"))
        {
            hash = unchecked((hash ^ octet) * Prime);
        }

        return hash;
    }

    /// <summary>How long ago an earlier process of this boot advertised as master; null when it did not.</summary>
    public TimeSpan? AgeOf(UInt128 key, MonoTime now) =>
        _before.TryGetValue(key, out long at) && at <= now.Nanoseconds ? now - new MonoTime(at) : null;

    /// <summary>A slot for an instance; -1 when there is no room, and the instance does not resume.</summary>
    public int Open(UInt128 key)
    {
        if (!_free.TryPop(out int slot))
        {
            if (_used == MostSlots)
            {
                return -1;
            }

            slot = _used++;
        }

        byte[] octets = new byte[HashOctets];
        BinaryPrimitives.WriteUInt128BigEndian(octets, key);
        _view.Write(InstantAt(slot), 0L);
        _view.WriteArray(HeaderOctets + ((long)slot * SlotOctets), octets, 0, HashOctets);
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
                _before[BinaryPrimitives.ReadUInt128BigEndian(rest)] = at;
            }
        }
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
