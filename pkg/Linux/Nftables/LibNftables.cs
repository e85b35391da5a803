// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace LoadBalancer.Linux.Nftables;

/// <summary>The calls of libnftables that are used (libnftables(3)).</summary>
internal static unsafe partial class LibNftables
{
    public const uint OutputJson = 1 << 4;

    // The name with its version: the one without belongs to development packages.
    public const string Library = "libnftables.so.1";

    [LibraryImport(Library, EntryPoint = "nft_ctx_new")]
    public static partial nint New(uint flags);

    [LibraryImport(Library, EntryPoint = "nft_ctx_free")]
    public static partial void Free(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_output")]
    public static partial int BufferOutput(NftContext context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_error")]
    public static partial int BufferError(NftContext context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_output_buffer")]
    public static partial byte* Output(NftContext context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_error_buffer")]
    public static partial byte* Errors(NftContext context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_output_set_flags")]
    public static partial void SetOutput(NftContext context, uint flags);

    [LibraryImport(Library, EntryPoint = "nft_run_cmd_from_buffer")]
    public static partial int Run(NftContext context, byte* commands);
}
