// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace LoadBalancer.Linux;

/// <summary>The kernel refused something; the message says what was tried, the reason, and where there is one, the remedy.</summary>
public sealed class LinuxException : IOException
{
    /// <summary>EPERM: the process lacks a capability.</summary>
    public const int NotPermitted = 1;

    /// <summary>EACCES: as EPERM, where the kernel says it so.</summary>
    public const int AccessDenied = 13;

    /// <summary>ENODEV: the interface is gone.</summary>
    public const int NoDevice = 19;

    /// <summary>EADDRINUSE.</summary>
    public const int AddressInUse = 98;

    /// <summary>EADDRNOTAVAIL: an address is not there, or not yet usable.</summary>
    public const int AddressNotAvailable = 99;

    /// <summary>ENETDOWN: the interface is down.</summary>
    public const int NetworkDown = 100;

    /// <summary>ENETUNREACH: there is no way out on the interface.</summary>
    public const int NetworkUnreachable = 101;

    /// <summary>ENOBUFS: the kernel dropped what the reader was too slow for.</summary>
    public const int NoBufferSpace = 105;

    private LinuxException(string message, int error)
        : base(message) => Error = error;

    /// <summary>The error number (errno).</summary>
    public int Error { get; }

    internal static LinuxException Last(string doing, Capability? needs = null) => Of(doing, Marshal.GetLastPInvokeError(), needs: needs);

    internal static LinuxException Last(ref AfterErrno doing, Capability? needs = null) => Of(doing.ToStringAndClear(), doing.Error, needs: needs);

    internal static LinuxException Of(string doing, int error, string? detail = null, Capability? needs = null)
    {
        string remedy = error is NotPermitted or AccessDenied && needs is { } capability ? $"; {Capabilities.Remedy(capability)}" : "";
        string reason = Marshal.GetPInvokeErrorMessage(error);
        return new($"cannot {doing}: {reason} (errno {error}){(string.IsNullOrEmpty(detail) ? "" : $": {detail}")}{remedy}", error);
    }
}
