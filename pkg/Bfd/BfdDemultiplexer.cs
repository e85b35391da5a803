// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace LoadBalancer.Bfd;

/// <summary>
/// All sessions of a driver, found by what a packet says (RFC 5880 6.3): by our discriminator once the peer knows it, by
/// address and interface before. Discriminators are drawn at random, as RFC 5883 6 advises: what cannot be guessed cannot
/// be forged from afar.
/// </summary>
public sealed class BfdDemultiplexer
{
    private readonly Dictionary<uint, BfdSession> _byDiscriminator = [];
    private readonly Dictionary<BfdPath, BfdSession> _byPath = [];
    private SeededSequence _random;

    /// <summary>An empty one. The seed must be unpredictable in production.</summary>
    public BfdDemultiplexer(ulong seed) => _random = new SeededSequence(seed);

    /// <summary>How many sessions there are.</summary>
    public int Count => _byDiscriminator.Count;

    /// <summary>The sessions, in no order.</summary>
    public IReadOnlyCollection<BfdSession> Sessions => _byDiscriminator.Values;

    /// <summary>Makes a session, not yet enabled; false, and the session that is there, when one has the same key.</summary>
    /// <exception cref="ArgumentException">The parameters have errors.</exception>
    public bool TryAdd(BfdPath path, BfdParameters parameters, out BfdSession session)
    {
        BfdSession.Require(parameters);
        if (_byPath.TryGetValue(path.Key, out BfdSession? present))
        {
            session = present;
            return false;
        }

        uint discriminator;
        do
        {
            discriminator = (uint)_random.Next();
        }
        while (discriminator == 0 || _byDiscriminator.ContainsKey(discriminator));

        session = new BfdSession(path, discriminator, parameters, _random.Next());
        _byDiscriminator.Add(discriminator, session);
        _byPath.Add(path.Key, session);
        return true;
    }

    /// <summary>Forgets a session; false when it is not here.</summary>
    public bool Remove(BfdSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (!_byDiscriminator.TryGetValue(session.LocalDiscriminator, out BfdSession? present) || present != session)
        {
            return false;
        }

        _ = _byPath.Remove(session.Path.Key);
        return _byDiscriminator.Remove(session.LocalDiscriminator);
    }

    /// <summary>
    /// The session a packet belongs to. A discriminator is believed only from where its session's peer is: RFC 5880 would
    /// let the source change, but here a session vouches for one pair of addresses (RFC 5882 4.2).
    /// </summary>
    public bool TryFind(in BfdPacket packet, BfdPath arrived, [NotNullWhen(true)] out BfdSession? session, out BfdDiscard reason)
    {
        if (packet.YourDiscriminator != 0)
        {
            bool known = _byDiscriminator.TryGetValue(packet.YourDiscriminator, out session);
            reason = !known ? BfdDiscard.UnknownDiscriminator
                : session!.Path.Admits(arrived) ? BfdDiscard.None
                : BfdDiscard.PathMismatch;
        }
        else if (packet.State is BfdState.Init or BfdState.Up)
        {
            session = null;
            reason = BfdDiscard.StateWithoutDiscriminator;
        }
        else
        {
            bool known = _byPath.TryGetValue(arrived.Key, out session) || _byPath.TryGetValue(arrived.AnyKey, out session);
            reason = known ? BfdDiscard.None : BfdDiscard.NoSession;
        }

        session = reason == BfdDiscard.None ? session : null;
        return session is not null;
    }
}
