// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>A peer's part in one family.</summary>
internal abstract class FamilyMember
{
    /// <summary>An instant that has come, whatever the clock's origin.</summary>
    protected static readonly MonoTime AtOnce = new(long.MinValue);

    /// <summary>How many routes of the family the peer has.</summary>
    public abstract int Advertised { get; }

    /// <summary>Writes what comes next; at least one message when one is due and nothing is written yet.</summary>
    public abstract int Fill(Span<byte> buffer, bool first, MonoTime now);

    /// <summary>Writes the withdrawals that wait, behind what others of the cohort have taken already.</summary>
    public abstract int FillWithdrawals(Span<byte> buffer, bool first, MonoTime now);

    /// <summary>When there is something to write.</summary>
    public abstract MonoTime Due { get; }

    /// <summary>Whether all routes have been sent, first or again, since this was last asked.</summary>
    public abstract bool TakeSent();

    public abstract void Refresh();

    public abstract void Detach();

    public abstract void ChangePolicy(int policy);

    public abstract RouteState StateOf(int slot);
}
