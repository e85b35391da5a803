// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace LoadBalancer.Linux.Nftables;

/// <summary>
/// Runs text in the language of nft(8) by way of libnftables, each text as one transaction, in the namespace it was opened in.
/// A run takes milliseconds and waits for the kernel: it has no place on a loop of heartbeats. For one thread at a time.
/// </summary>
public sealed unsafe class NftSession : IDisposable
{
    private const int LongestQuoted = 600;
    private readonly NftContext _context;

    private NftSession(NftContext context) => _context = context;

    /// <summary>Opens a session; false, with what to install, where the library is not there.</summary>
    public static bool TryOpen([NotNullWhen(true)] out NftSession? session, out string reason)
    {
        session = null;
        try
        {
            NftContext context = new(LibNftables.New(0));
            if (context.IsInvalid)
            {
                context.Dispose();
                reason = $"{LibNftables.Library} gave no context: the process is out of memory or of file descriptors";
                return false;
            }

            _ = LibNftables.BufferOutput(context);
            _ = LibNftables.BufferError(context);
            session = new(context);
            reason = "";
            return true;
        }
        catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            reason = $"{LibNftables.Library} cannot be loaded, and nothing can be forwarded without it: install it (apt-get install libnftables1, dnf install nftables), or leave forwarding out";
            return false;
        }
    }

    /// <summary>Runs one transaction.</summary>
    /// <param name="commands">Lines of nft(8); nothing is done for an empty text.</param>
    /// <param name="json">Whether what is listed comes as JSON (libnftables-json(5)).</param>
    public NftResult Run(string commands, bool json = false)
    {
        if (commands.Length == 0)
        {
            return new(true, "", "");
        }

        LibNftables.SetOutput(_context, json ? LibNftables.OutputJson : 0);
        byte[] text = Encoding.UTF8.GetBytes(commands + "\0");
        int failed;
        fixed (byte* octets = text)
        {
            failed = LibNftables.Run(_context, octets);
        }

        string output = Marshal.PtrToStringUTF8((nint)LibNftables.Output(_context)) ?? "";
        string errors = Marshal.PtrToStringUTF8((nint)LibNftables.Errors(_context)) ?? "";
        return failed == 0 ? new(true, output, "") : new(false, output, Explain(errors));
    }

    private static string Explain(string errors)
    {
        string words = errors.Trim();
        string remedy = words switch
        {
            _ when words.Contains("Operation not permitted", StringComparison.Ordinal) => $"; {Capabilities.Remedy(Capability.NetAdmin)}",
            _ when words.Contains("No such file or directory", StringComparison.Ordinal) =>
                "; another program has changed the table, or the kernel lacks what is named: create the table anew",
            _ when words.Contains("Operation not supported", StringComparison.Ordinal) || words.Contains("Protocol not supported", StringComparison.Ordinal) =>
                "; the kernel lacks the feature: load or build its nf_tables module",
            _ => "",
        };
        string quoted = words.Length <= LongestQuoted ? words : words[..LongestQuoted] + " ...";
        return $"nftables refused the change, and nothing of it was done: {quoted}{remedy}";
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();
}
