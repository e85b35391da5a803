// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LoadBalancer.Linux.Tcp;

/// <summary>A failure of a connection or a listener, for tables, conditions and metrics.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Error">The error number (errno); zero where there is none.</param>
/// <param name="Sentence">What happened, and where there is one, the remedy.</param>
public readonly record struct TcpFault(TcpFaultKind Kind, int Error, string Sentence)
{
    private const int NotPermitted = 1;
    private const int NoMemory = 12;
    private const int AccessDenied = 13;
    private const int NoDevice = 19;
    private const int InvalidArgument = 22;
    private const int TooManyInSystem = 23;
    private const int TooManyInProcess = 24;
    private const int BrokenPipe = 32;
    private const int NoSuchOption = 92;
    private const int NotSupported = 95;
    private const int NoFamily = 97;
    private const int AddressInUse = 98;
    private const int AddressNotAvailable = 99;
    private const int NetworkDown = 100;
    private const int NetworkUnreachable = 101;
    private const int ConnectionAborted = 103;
    private const int ConnectionReset = 104;
    private const int NoBufferSpace = 105;
    private const int TimedOut = 110;
    private const int ConnectionRefused = 111;
    private const int HostDown = 112;
    private const int HostUnreachable = 113;

    /// <summary>Nothing failed.</summary>
    public static TcpFault None => new(TcpFaultKind.None, 0, "");

    /// <inheritdoc/>
    public override string ToString() => Sentence;

    internal static TcpFault Of(string doing, int error, bool wasOpen = false)
    {
        TcpFaultKind kind = KindOf(error, wasOpen);
        string remedy = Remedy(kind);
        return new(kind, error, $"cannot {doing}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}){(remedy.Length > 0 ? "; " : "")}{remedy}");
    }

    /// <summary>As <see cref="Of"/>; the error goes first because making the words may call the C library and overwrite it.</summary>
    internal static TcpFault Last(int error, string doing) => Of(doing, error);

    /// <summary>Whether the kernel says that it does not know an option, rather than that it refuses a value.</summary>
    internal static bool IsUnknownOption(int error) => error is NoSuchOption or NotSupported or InvalidArgument;

    private static TcpFaultKind KindOf(int error, bool wasOpen) => error switch
    {
        0 => TcpFaultKind.None,
        ConnectionRefused => TcpFaultKind.Refused,
        HostUnreachable or HostDown or NetworkUnreachable or NetworkDown => TcpFaultKind.Unreachable,
        TimedOut => wasOpen ? TcpFaultKind.PeerSilent : TcpFaultKind.NoAnswer,
        ConnectionReset or ConnectionAborted or BrokenPipe => TcpFaultKind.Reset,
        AddressInUse => TcpFaultKind.AddressInUse,
        AddressNotAvailable => TcpFaultKind.AddressNotAvailable,
        NotPermitted or AccessDenied => TcpFaultKind.NotPermitted,
        NoDevice => TcpFaultKind.NoDevice,
        NoSuchOption or NotSupported or NoFamily => TcpFaultKind.Unsupported,
        NoMemory or NoBufferSpace or TooManyInProcess or TooManyInSystem => TcpFaultKind.NoResources,
        _ => TcpFaultKind.Other,
    };

    private static string Remedy(TcpFaultKind kind) => kind switch
    {
        TcpFaultKind.Refused => "nobody listens there: check that the router runs BGP, has this node as a neighbor, and the port",
        TcpFaultKind.Unreachable => "check the route to the peer, and on the same segment its interface and address",
        TcpFaultKind.PeerSilent => "the peer no longer acknowledges what is sent: its host is dead, the path is cut, its window stays closed, or the TCP MD5 "
            + "passwords differ since one side changed its own",
        TcpFaultKind.AddressInUse => "another program has the address and port, often another BGP daemon on this node: stop it, or give one of them another "
            + "address or port",
        TcpFaultKind.AddressNotAvailable => "no interface has this address (yet), or it is still being checked for duplicates",
        TcpFaultKind.NotPermitted => Capabilities.Remedy(Capability.NetBindService) + "; or a firewall on this node rejects it",
        TcpFaultKind.NoDevice => "there is no such interface or VRF in this network namespace",
        TcpFaultKind.NoResources => "the node lacks memory, or the process descriptors (RLIMIT_NOFILE)",
        TcpFaultKind.None or TcpFaultKind.NoAnswer or TcpFaultKind.Reset or TcpFaultKind.PeerClosed or TcpFaultKind.Unsupported => "",
        TcpFaultKind.TooManyKeys or TcpFaultKind.TooFar or TcpFaultKind.MessageTooLong or TcpFaultKind.Other => "",
        _ => throw new UnreachableException(),
    };
}
