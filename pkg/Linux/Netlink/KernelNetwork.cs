// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>
/// Changes and lists addresses, routes, rules and links of the namespace it was opened in. Every call is answered by the kernel
/// before it returns, and many changes go in one send; each has an outcome of its own. For one thread at a time.
/// </summary>
public sealed partial class KernelNetwork : IDisposable
{
    private const ushort FlagReplace = 0x100;
    private const int FileExists = 17;
    private const int NoSuchProcess = 3;
    private const int NoSuchEntry = 2;
    private const int NotSupported = 95;

    private readonly NetlinkChannel _channel = new();
    private readonly NetlinkBatch _batch = new();

    private static byte FamilyOf(IpAddr address) => (byte)(address.IsIPv4 ? Libc.AfInet : Libc.AfInet6);

    private static ushort RequestFlags(int more) => (ushort)(NetlinkSocket.FlagRequest | NetlinkSocket.FlagAcknowledge | more);

    private static ChangeOutcome Refused(string doing, int error, string detail)
    {
        string? hint = error switch
        {
            LinuxException.NoDevice => "the interface is gone",
            LinuxException.NetworkDown => "the interface is down; set it up first",
            LinuxException.NetworkUnreachable => "the gateway is on no connected network; add an address of its network first, or say that it is on the link (onlink)",
            LinuxException.AccessDenied when detail.Contains("IPv6", StringComparison.Ordinal) => "set net.ipv6.conf of the interface to disable_ipv6 = 0",
            NotSupported => "this kernel lacks the feature",
            _ => null,
        };
        string words = (detail.Length, hint) switch
        {
            (0, null) => "",
            (0, _) => hint,
            (_, null) => detail,
            _ => $"{detail}; {hint}",
        };
        Capability? needs = error == LinuxException.NotPermitted ? Capability.NetAdmin : null;
        return new(ChangeStatus.Failed, LinuxException.Of(doing, error, words, needs));
    }

    private ChangeOutcome[] Execute<T>(ReadOnlySpan<T> changes, Action<NetlinkBatch, T> write, Func<T, int, string, ChangeOutcome> judge)
    {
        _batch.Clear();
        foreach (T change in changes)
        {
            write(_batch, change);
        }

        (int Error, string Detail)[] answers = _channel.Execute(_batch);
        ChangeOutcome[] outcomes = new ChangeOutcome[answers.Length];
        for (int i = 0; i < answers.Length; i++)
        {
            (int error, string detail) = answers[i];
            outcomes[i] = error == 0 ? new(ChangeStatus.Done) : judge(changes[i], error, detail);
        }

        return outcomes;
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
