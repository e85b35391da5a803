// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>Random histories beside a model that is a dictionary: what peers have, what it took, and what is left behind.</summary>
public sealed class AdjRibOutModelTests
{
    private const int Policies = 3;
    private const int Peers = 7;

    [Theory]
    [Trait("Scenario", "C089")]
    [InlineData(20, 400, 12, 40)]
    [InlineData(20, 60, 2500, 3)]
    public void History_OfAnyKind_LeavesEachPeerWithWhatIsWantedAndNothingSentInVain(int seeds, int steps, int prefixes, int most)
    {
        for (int seed = 0; seed < seeds; seed++)
        {
            new Run(seed, prefixes, most).Play(steps);
        }
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly int _prefixes;
        private readonly AdjRibOut _rib;
        private readonly PolicyId[] _policies = new PolicyId[Policies];
        private readonly Slot[] _peers = new Slot[Peers];
        private readonly SortedDictionary<(int Number, uint Path), RouteAttributes?[]> _wanted = [];
        private readonly string _name;
        private int _era;

        public Run(int seed, int prefixes, int most)
        {
            _name = $"seed {seed}, {prefixes} prefixes";
            _random = new Random(seed);
            _prefixes = prefixes;
            _rib = new(null, new RibLimits { MostPlanned = most, MostBlocks = 2 });
            for (int i = 0; i < Policies; i++)
            {
                _policies[i] = _rib.AddPolicy();
            }
        }

        public void Play(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                Step();
                if (step == steps / 4)
                {
                    _rib.CompleteInitialState();
                }
            }

            for (int i = 0; i < Peers; i++)
            {
                Drain(i);
            }

            foreach ((int Number, uint Path) key in _wanted.Keys.ToArray())
            {
                Remove(key);
            }

            for (int i = 0; i < Peers; i++)
            {
                Drain(i);
            }

            Assert.Equal(0, _rib.AttributeSets);
            Assert.Equal(0, _rib.Count(IpFamily.IPv4) + _rib.Count(IpFamily.IPv6));
        }

        private void Step()
        {
            int at = _random.Next(Peers);
            switch (_random.Next(12))
            {
                case < 3:
                    Change(_random.Next(1, 4));
                    break;
                case 3:
                    _era++;
                    Change(_prefixes);
                    break;
                case < 8 when _peers[at].Receiver is { } some:
                    some.Fill(_random.Next(4096, 20_000));
                    break;
                case 8:
                    Drain(at);
                    break;
                case 9 when _peers[at].Receiver is { } refreshed:
                    _rib.Refresh(refreshed.Peer, _random.Next(2) == 0 ? AfiSafi.IPv4Unicast : AfiSafi.IPv6Unicast);
                    _peers[at].Refreshed = true;
                    break;
                case 10 when _peers[at].Receiver is { } moved:
                    _peers[at].Policy = _random.Next(Policies);
                    _rib.ChangePolicy(moved.Peer, _policies[_peers[at].Policy]);
                    break;
                case 11 when _random.Next(3) == 0:
                    Bounce(at);
                    break;
                default:
                    Bounce(at, onlyUp: true);
                    break;
            }
        }

        private void Bounce(int at, bool onlyUp = false)
        {
            if (_peers[at].Receiver is { } up)
            {
                if (onlyUp)
                {
                    return;
                }

                _rib.PeerDown(up.Peer);
            }

            ExportTerms terms = RibCases.External with
            {
                Internal = at == 5,
                AddPathIPv4 = at == 6,
                AddPathIPv6 = at == 6,
                IPv6Unicast = at != 4,
                FourOctetAs = at != 3,
                EnhancedRouteRefresh = at % 2 == 0,
            };
            int policy = at < 3 ? 0 : _random.Next(Policies);
            _peers[at] = new() { Receiver = new(_rib, _policies[policy], terms), Terms = terms, Policy = policy };
        }

        private void Change(int count)
        {
            for (int i = 0; i < count; i++)
            {
                (int, uint) key = (_random.Next(_prefixes), (uint)Math.Max(0, _random.Next(6) - 3));
                if (_random.Next(3) == 0)
                {
                    Remove(key);
                    continue;
                }

                RouteAttributes common = RibCases.Tagged(_era + _random.Next(4));
                RouteAttributes?[] each = [common, common, common];
                RouteOffer offer = RouteOffer.ToAll(common);
                if (_random.Next(3) == 0)
                {
                    int policy = _random.Next(Policies);
                    each[policy] = _random.Next(2) == 0 ? null : RibCases.Tagged(_random.Next(4)) with { LocalPref = 7, AsPath = [RibCases.OurAs] };
                    offer = offer.With(_policies[policy], each[policy]);
                }

                _rib.Set(Prefix(key.Item1), offer, key.Item2);
                _wanted[key] = each;
            }
        }

        private void Remove((int Number, uint Path) key) =>
            Assert.Equal(_wanted.Remove(key), _rib.Remove(Prefix(key.Number), key.Path));

        // Of what the peer has and what it should have, exactly the difference is sent, each route once.
        private void Drain(int at)
        {
            if (_peers[at].Receiver is not { } peer)
            {
                return;
            }

            Dictionary<PathPrefix, string> expected = Expected(_peers[at].Terms, _peers[at].Policy);
            int different = peer.Table.Keys.Count(route => !expected.ContainsKey(route))
                + expected.Count(route => !peer.Table.TryGetValue(route.Key, out string? had) || had != route.Value);
            int before = peer.Routes;
            peer.Drain(_random.Next(4096, 70_000));
            Assert.True(expected.Count == peer.Table.Count && expected.All(route => peer.Table.GetValueOrDefault(route.Key) == route.Value), $"{_name}: peer {at} has other routes");
            Assert.Equal(MonoTime.Never, _rib.Due(peer.Peer));
            Assert.Equal(expected.Count, peer.Peer.Advertised(IpFamily.IPv4) + peer.Peer.Advertised(IpFamily.IPv6));
            if (!_peers[at].Refreshed)
            {
                Assert.True(different == peer.Routes - before, $"{_name}: peer {at} was sent {peer.Routes - before} routes, {different} differ");
                Assert.Equal(0, peer.Redundant);
            }
        }

        private Dictionary<PathPrefix, string> Expected(ExportTerms terms, int policy)
        {
            Dictionary<PathPrefix, string> expected = [];
            foreach (((int number, uint path), RouteAttributes?[] each) in _wanted)
            {
                IpPrefix prefix = Prefix(number);
                bool goes = terms.Has(prefix.Family) && (path == 0 || terms.AddPathIPv4);
                if (goes && each[policy] is { } attributes)
                {
                    expected.Add(new(prefix, path), RibCases.Seen(terms, prefix.Family, attributes));
                }
            }

            return expected;
        }

        private static IpPrefix Prefix(int number) => (number % 3) switch
        {
            0 => RibCases.HostIPv6(number),
            1 => RibCases.Host(number),
            _ => new(IpAddr.FromUInt32(0x0a000000u + ((uint)number << 8)), 24),
        };
    }

    private struct Slot
    {
        public Receiver? Receiver;
        public ExportTerms Terms;
        public int Policy;
        public bool Refreshed;
    }
}
