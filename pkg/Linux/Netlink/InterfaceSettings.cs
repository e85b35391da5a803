// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux.Netlink;

/// <summary>A setting of an interface that was changed.</summary>
/// <param name="InterfaceIndex">The interface.</param>
/// <param name="Setting">Which.</param>
/// <param name="Before">What it was.</param>
/// <param name="Now">What it was set to.</param>
public readonly record struct ChangedSetting(int InterfaceIndex, InterfaceSetting Setting, int Before, int Now);

/// <summary>
/// Reads and writes IPv4 settings of interfaces over netlink, which needs CAP_NET_ADMIN alone: in a container /proc/sys is
/// read-only. What was there before is kept, and goes back with <see cref="Restore"/>, unless somebody else has changed it since.
/// </summary>
/// <param name="keep">Told what is changed before it is, so that it can be put back after a kill.</param>
public sealed class InterfaceSettings(Action<IReadOnlyList<ChangedSetting>>? keep = null) : IDisposable
{
    private const ushort SetLink = 19;
    private const int LinkHeader = 16;
    private const ushort IflaFamilies = 26;
    private const ushort InetConf = 1;
    private const string AllDirectory = "/proc/sys/net/ipv4/conf/all/";

    private readonly NetlinkChannel _channel = new();
    private readonly NetlinkBatch _batch = new();
    private readonly Dictionary<(int Index, InterfaceSetting Setting), ChangedSetting> _changed = [];

    /// <summary>What was changed and not put back.</summary>
    public IReadOnlyList<ChangedSetting> Changed => [.. _changed.Values];

    /// <summary>What a setting is; null when the interface is gone.</summary>
    /// <exception cref="LinuxException">The kernel did not say.</exception>
    public int? Read(int interfaceIndex, InterfaceSetting setting)
    {
        int? value = null;
        _batch.Clear();
        _batch.Begin(NetlinkSocket.GetLink, NetlinkSocket.FlagRequest | NetlinkSocket.FlagDump, LinkHeader);
        _channel.List(_batch, "read the settings of interfaces", () => value = null, (type, payload) =>
        {
            if (type == NetlinkSocket.NewLink && payload.Length >= LinkHeader && MemoryMarshal.Read<int>(payload[4..]) == interfaceIndex)
            {
                value = Find(payload[LinkHeader..], setting);
            }
        });
        return value;
    }

    /// <summary>
    /// Sets what differs, and remembers what was. What counts for all interfaces and would outweigh the value is told in a
    /// sentence, since it is another's to change.
    /// </summary>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="setting">Which.</param>
    /// <param name="value">What it is to be.</param>
    /// <param name="isOurs">The interface is the caller's own and ends with its settings: nothing is to be put back.</param>
    public ChangeOutcome Set(int interfaceIndex, InterfaceSetting setting, int value, bool isOurs = false)
    {
        string doing = $"set {setting} of interface {interfaceIndex} to {value}";
        if (Read(interfaceIndex, setting) is not { } before)
        {
            return new(ChangeStatus.Failed, LinuxException.Of(doing, LinuxException.NoDevice, "the interface is gone"));
        }

        if (before != value)
        {
            if (!isOurs)
            {
                Note(interfaceIndex, setting, before, value);
            }

            (int error, string detail) = Write(interfaceIndex, setting, value);
            if (error != 0)
            {
                return new(ChangeStatus.Failed, LinuxException.Of(doing, error, detail, Capability.NetAdmin));
            }
        }

        return new(before == value ? ChangeStatus.AlreadySo : ChangeStatus.Done);
    }

    /// <summary>Why a value will not have its effect although it is set: the same setting of all interfaces outweighs it. Null when it has.</summary>
    public static string? Outweighed(InterfaceSetting setting, int value) => OfAll(setting) is { } all && all > value
        ? $"net.ipv4.conf.all.{NameOf(setting)} is {all} and outweighs {value} on every interface; set it to {value} (sysctl -w net.ipv4.conf.all.{NameOf(setting)}={value})"
        : null;

    /// <summary>What counts for all interfaces, where the higher of that and of the interface's own has effect; null where it does not count.</summary>
    public static int? OfAll(InterfaceSetting setting) => NameOf(setting) is { } file
        && int.TryParse(File.ReadAllText(AllDirectory + file), System.Globalization.CultureInfo.InvariantCulture, out int all)
            ? all
            : null;

    /// <summary>Takes over what an earlier process changed and could not put back, as far as it is as that left it; returns how many.</summary>
    public int Adopt(IEnumerable<ChangedSetting> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return changed.Count(c => Read(c.InterfaceIndex, c.Setting) == c.Now && _changed.TryAdd((c.InterfaceIndex, c.Setting), c));
    }

    /// <summary>Interfaces that are gone took their settings with them.</summary>
    public void Keep(Func<int, bool> isThere)
    {
        ArgumentNullException.ThrowIfNull(isThere);
        foreach ((int Index, InterfaceSetting) gone in _changed.Keys.Where(k => !isThere(k.Index)).ToArray())
        {
            _changed.Remove(gone);
        }
    }

    /// <summary>Puts back what was there before, of all or of those that are asked for; what is not as it was set is another's, and stays. Returns how many were put back.</summary>
    public int Restore(Func<ChangedSetting, bool>? which = null)
    {
        ChangedSetting[] over = [.. _changed.Values.Where(c => which is null || which(c))];
        int restored = 0;
        foreach (ChangedSetting changed in over)
        {
            bool isAsSet = Read(changed.InterfaceIndex, changed.Setting) == changed.Now;
            restored += isAsSet && Write(changed.InterfaceIndex, changed.Setting, changed.Before).Error == 0 ? 1 : 0;
            _changed.Remove((changed.InterfaceIndex, changed.Setting));
        }

        if (over.Length > 0)
        {
            keep?.Invoke(Changed);
        }

        return restored;
    }

    // Before it is done: a process that is killed in between leaves a note too many, which its successor sees from the value.
    private void Note(int index, InterfaceSetting setting, int before, int value)
    {
        bool isStillOurs = _changed.TryGetValue((index, setting), out ChangedSetting earlier) && earlier.Now == before;
        _changed[(index, setting)] = new(index, setting, isStillOurs ? earlier.Before : before, value);
        keep?.Invoke(Changed);
    }

    // The file of a setting of which the higher value counts.
    private static string? NameOf(InterfaceSetting setting) => setting switch
    {
        InterfaceSetting.ReversePathFilter => "rp_filter",
        InterfaceSetting.ArpFilter => "arp_filter",
        InterfaceSetting.ArpAnnounce => "arp_announce",
        InterfaceSetting.ArpIgnore => "arp_ignore",
        InterfaceSetting.Forwarding or InterfaceSetting.PromoteSecondaries or InterfaceSetting.AcceptLocal => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private (int Error, string Detail) Write(int interfaceIndex, InterfaceSetting setting, int value)
    {
        _batch.Clear();
        Span<byte> header = _batch.Begin(SetLink, NetlinkSocket.FlagRequest | NetlinkSocket.FlagAcknowledge, LinkHeader);
        MemoryMarshal.Write(header[4..], interfaceIndex);
        int families = _batch.BeginNested(IflaFamilies);
        int ipv4 = _batch.BeginNested(Libc.AfInet);
        int settings = _batch.BeginNested(InetConf);
        _batch.Put((ushort)setting, (uint)value);
        _batch.EndNested(settings);
        _batch.EndNested(ipv4);
        _batch.EndNested(families);
        return _channel.Execute(_batch)[0];
    }

    // IFLA_AF_SPEC holds AF_INET, which holds IFLA_INET_CONF: an array of 32-bit values, the first of number 1.
    private static int? Find(ReadOnlySpan<byte> attributes, InterfaceSetting setting)
    {
        ReadOnlySpan<byte> values = Inside(Inside(Inside(attributes, IflaFamilies), Libc.AfInet), InetConf);
        int at = ((int)setting - 1) * sizeof(int);
        return at + sizeof(int) <= values.Length ? MemoryMarshal.Read<int>(values[at..]) : null;
    }

    // The value of an attribute; nothing when it is not there.
    private static ReadOnlySpan<byte> Inside(ReadOnlySpan<byte> attributes, ushort wanted)
    {
        ReadOnlySpan<byte> rest = attributes;
        while (NetlinkReader.TryTakeAttribute(ref rest, out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == wanted)
            {
                return value;
            }
        }

        return [];
    }

    /// <summary>Closes the socket; settings stay as they are.</summary>
    public void Dispose() => _channel.Dispose();
}
