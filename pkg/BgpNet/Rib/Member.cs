// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>A peer's part in one family: where it stands in what its cohort has encoded, and the markers that it alone is owed.</summary>
internal sealed class Member<TKey> : FamilyMember
    where TKey : unmanaged, IPrefixKey<TKey>
{
    private readonly FamilyRib<TKey> _rib;
    private readonly ExportTerms _terms;
    private Cohort<TKey> _cohort;
    private bool _owesEndOfRib = true;
    private bool _owesBegin;
    private bool _owesEnd;
    private bool _refreshLater;
    private bool _sends = true;
    private bool _sent;

    public Member(FamilyRib<TKey> rib, ExportTerms terms, Cohort<TKey> cohort)
    {
        _rib = rib;
        _terms = terms;
        _cohort = cohort;
        cohort.Join(this);
    }

    /// <summary>The block of the next message to take, counted from the first that the cohort ever had.</summary>
    public int Block { get; private set; }

    /// <summary>The next message to take in its block.</summary>
    public int Message { get; private set; }

    public override int Advertised => _cohort.Advertised;

    public override MonoTime Due =>
        _owesBegin || !_cohort.HasTakenAll(this) || _cohort.HasWithdrawals ? AtOnce
        : _cohort.HasAnnouncements ? _cohort.NotBefore
        : _owesEnd || (_owesEndOfRib && _rib.Shared.IsComplete) ? AtOnce
        : MonoTime.Never;

    private static AfiSafi Family => AfiSafi.Unicast(TKey.Family);

    public void MoveTo(Cohort<TKey> cohort, int block, int message)
    {
        _cohort = cohort;
        Block = block;
        Message = message;
    }

    public override int FillWithdrawals(Span<byte> buffer, bool first, MonoTime now) =>
        _cohort.HasWithdrawals ? _cohort.Fill(this, buffer, first, now, withdrawalsOnly: true) : 0;

    public override int Fill(Span<byte> buffer, bool first, MonoTime now)
    {
        int at = FillNext(buffer, first, now);
        if (_sends && !_owesEnd && !_owesEndOfRib && !_cohort.HasResends)
        {
            (_sends, _sent) = (false, true);
        }

        return at;
    }

    private int FillNext(Span<byte> buffer, bool first, MonoTime now)
    {
        int at = 0;
        if (_owesBegin && !TryMark(buffer, RefreshSubtype.Begin, ref _owesBegin, ref at))
        {
            return at;
        }

        at += _cohort.Fill(this, buffer[at..], first && at == 0, now);
        if (!_cohort.HasTakenAll(this)
            || (_owesEnd && (_cohort.HasResends || !TryMark(buffer, RefreshSubtype.End, ref _owesEnd, ref at)))
            || !_cohort.IsClean)
        {
            return at;
        }

        if (_owesEndOfRib && _rib.Shared.IsComplete && EndOfRib.TryWrite(Family, buffer[at..], out int length))
        {
            at += length;
            _owesEndOfRib = false;
            if (_refreshLater)
            {
                Refresh();
                return at;
            }
        }

        _cohort.TryMerge();
        return at;
    }

    public override bool TakeSent()
    {
        bool sent = _sent;
        _sent = false;
        return sent;
    }

    public override void Refresh()
    {
        // Markers of a refresh never come before the End-of-RIB of the first sending (RFC 7313 4).
        if (_terms.EnhancedRouteRefresh && _owesEndOfRib)
        {
            _refreshLater = true;
            return;
        }

        _cohort.SplitOff(this).Resend();
        _sends = true;
        _owesBegin = _terms.EnhancedRouteRefresh;
        _owesEnd = _terms.EnhancedRouteRefresh;
    }

    public override void Detach() => _cohort.Leave(this);

    public override void ChangePolicy(int policy)
    {
        Cohort<TKey> own = _cohort.SplitOff(this);
        Cohort<TKey> next = own.MoveTo(_rib.Group(policy, _terms));
        own.Leave(this);
        next.Join(this);
    }

    public override RouteState StateOf(int slot) => _cohort.StateOf(slot);

    private static bool TryMark(Span<byte> buffer, RefreshSubtype subtype, ref bool owed, ref int at)
    {
        if (!new RouteRefreshMessage(Family, subtype).TryWrite(buffer[at..], out int length))
        {
            return false;
        }

        at += length;
        owed = false;
        return true;
    }
}
