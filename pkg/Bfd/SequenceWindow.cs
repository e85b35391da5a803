// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>Which sequence numbers of the peer are still to come (RFC 5880 6.8.1: RcvAuthSeq, AuthSeqKnown).</summary>
internal struct SequenceWindow
{
    private uint _last;
    private bool _known;

    /// <summary>Whether the number may follow: circular in 32 bits, as far ahead as three detection times lose packets.</summary>
    public readonly bool Allows(uint sequence, byte detectMultiplier, bool meticulous)
    {
        uint ahead = sequence - _last;
        return !_known || (ahead <= 3u * detectMultiplier && (ahead > 0 || !meticulous));
    }

    public void Take(uint sequence)
    {
        _last = sequence;
        _known = true;
    }

    public void Forget() => _known = false;
}
