// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace LoadBalancer.Linux.Nftables;

/// <summary>A context of libnftables, freed once.</summary>
internal sealed class NftContext : SafeHandle
{
    public NftContext()
        : base(0, ownsHandle: true)
    {
    }

    public NftContext(nint context)
        : this() => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibNftables.Free(handle);
        return true;
    }
}
