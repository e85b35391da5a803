// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Tests;

/// <summary>Configurations in which any field may hold anything of its type; the same seed makes the same one.</summary>
internal sealed class AnyConfiguration(int seed)
{
    private static readonly string[] Words =
        ["eth0", "a b", "", "null", "true", "7", "1.5", "x: y", "# no", "\"q\"", "'s'", "line\nbreak", "tab\t", "ünïcode", "\\back", "-", "- a", "[x]", "{y}", "~", "2001:db8::", "@at", "%p", "\u0001", "e:", "/bin/x", "*a", "&b", "!c", "| d", "> e", " lead", "trail ", "=", "0x10", "no"];

    private readonly Random _random = new(seed);

    public VipConfiguration Make() => new()
    {
        Global = new()
        {
            NodeName = Word(),
            RealtimePriority = _random.Next(100),
            Nice = _random.Next(-20, 20),
            LockMemory = Flag(),
            Processors = Many(() => _random.Next(64)),
            ScriptUser = Word(),
            ScriptSecurity = Flag(),
            StartupDelay = Time(),
            MulticastGroup4 = Maybe(Address),
            Pacing = Many(() => new AnnouncePacing { Interfaces = Many(Word), ArpInterval = Time(), NeighborInterval = Time() }),
            InterfaceDelays = Many(() => new InterfaceDelay { Interface = Word(), Down = Time(), Up = Time() }),
        },
        Instances = Named(Instance),
        SyncGroups = Named(name => new SyncGroup { Name = name, Members = Many(Word), Track = Track(), TrackingWeights = Flag(), Notify = Many(Hook) }),
        Scripts = Named(name => new TrackedScript { Name = name, Command = Many(Word), Interval = Time(), Timeout = Time(), Weight = Weight(), Rise = _random.Next(1, 9), InitiallyDown = Flag() }),
        Processes = Named(name => new TrackedProcess { Name = name, Command = Many(Word), Match = Any<ArgumentMatch>(), QuorumMax = Maybe(() => _random.Next(9)), UpDelay = Time() }),
        Files = Named(name => new TrackedFile { Name = name, Path = Word(), Weight = _random.Next(), InitialValue = Maybe(() => _random.Next()), Overwrite = Flag() }),
        Routes = Named(name => new TrackedRoute { Name = name, Destination = Maybe(Network), Via = Maybe(Address), Device = Word(), Weight = Weight(), Reverse = Flag() }),
        Services = Named(name => new TrackedService { Name = name, Check = Check(), Weight = Weight() }),
        BfdPeers = Named(name => new BfdPeer { Name = name, Neighbor = Maybe(Address), ReceiveInterval = Time(), Multiplier = _random.Next(1, 256), MaxHops = _random.Next(256), Passive = Flag() }),
        VirtualServers = Named(Server),
        StaticAddresses = Many(HeldAddress),
        StaticRoutes = Many(Route),
        StaticRules = Many(Rule),
        Notify = Many(Hook),
    };

    private VipInstance Instance(string name) => new()
    {
        Name = name,
        Interface = Word(),
        Version = Any<VrrpVersion>(),
        WrittenFamily = Maybe(Any<IpFamily>),
        RouterId = _random.Next(1, 256),
        Priority = _random.Next(1, 256),
        StartAsMaster = Flag(),
        AdvertInterval = Time(),
        DeadAfter = _random.Next(1, 101),
        Preempt = Flag(),
        PreemptDelay = Time(),
        Accept = Flag(),
        Authentication = Flag() ? new() { Password = new("p" + Word()) } : null,
        Checksum = Any<ChecksumForm>(),
        SourceAddress = Maybe(Address),
        Unicast = Flag() ? new() { Peers = Many(() => new UnicastPeer { Address = Address(), MinTtl = Maybe(() => _random.Next(256)) }), Ttl = _random.Next(1, 256), CheckSource = Flag() } : null,
        VirtualMac = Flag() ? new() { Interface = Word(), Address = Maybe(() => MacAddr.Parse("02:00:00:00:00:0a")), AdvertiseFromBase = Flag() } : null,
        Addresses = Many(HeldAddress),
        ExcludedAddresses = Many(HeldAddress),
        Routes = Many(Route),
        Rules = Many(Rule),
        Announce = new() { Repeat = _random.Next(9), SecondAfter = Time(), OtherInterfacesInterval = Time() },
        AdvertiseToLower = Flag(),
        CheckSubnet = Flag(),
        Track = Track(),
        Notify = Many(Hook),
    };

    private TrackSettings Track() => new() { OwnInterface = Flag(), Interfaces = Many(Reference), Scripts = Many(Reference), Files = Many(Reference), Services = Many(Reference), BfdPeers = Many(Reference) };

    private TrackReference Reference() => new() { Name = Word(), Weight = Maybe(Weight), Reverse = Maybe(Flag) };

    private NotifyHook Hook() => new() { On = Many(Any<NotifyEvent>), Command = Many(Word), AppendState = Flag(), User = Word(), Webhook = Word(), Timeout = Time() };

    private VirtualAddress HeldAddress() => new()
    {
        Address = new(Address() is { IsIPv4: true } four ? four : IpAddr.Parse("2001:db8::7"), _random.Next(33)),
        Device = Word(),
        Label = Word(),
        Broadcast = Word(),
        Peer = Maybe(() => InterfaceAddress.Host(Address())),
        NoDad = Flag(),
        Watch = Flag(),
        Preferred = Maybe(Flag),
    };

    private VirtualRoute Route() => new()
    {
        Destination = Maybe(Network),
        Kind = Any<RouteKind>(),
        Via = Maybe(Address),
        Table = Word(),
        Metric = Maybe(() => (uint)_random.NextInt64(1L << 32)),
        Mtu = Maybe(() => _random.Next(68, 65536)),
        NextHops = Many(() => new NextHop { Via = Maybe(Address), Device = Word(), Weight = _random.Next(1, 257) }),
        Watch = Flag(),
    };

    private VirtualRule Rule() => new()
    {
        From = Maybe(Network),
        To = Maybe(Network),
        Not = Flag(),
        Action = Any<RuleAction>(),
        Table = Word(),
        FirewallMark = Maybe(() => (uint)_random.Next()),
        SourcePorts = Maybe(() => new PortRange(_random.Next(9), _random.Next(9, 99))),
        SuppressPrefixLength = Maybe(() => _random.Next(129)),
    };

    private VirtualServer Server(string name) => new()
    {
        Name = name,
        Endpoints = Many(() => Address() is var address ? new VirtualEndpoint(address, Flag() && address.TryAdd(5, out IpAddr last) ? last : address, _random.Next(3) * 80) : default),
        Protocol = Any<TransportProtocol>(),
        Scheduler = Any<Scheduler>(),
        Method = Any<ForwardingMethod>(),
        Persistence = Time(),
        PersistencePrefix = Maybe(() => _random.Next(1, 129)),
        Servers = Many(Real),
        SorryServer = Flag() ? Real() : null,
        Quorum = _random.Next(),
        QuorumUp = Many(Word),
    };

    private RealServer Real() => new()
    {
        Address = Address(),
        Port = _random.Next(65536),
        Weight = _random.Next(65536),
        Method = Maybe(Any<ForwardingMethod>),
        Checks = Many(Check),
        MaxConnections = Maybe(() => _random.Next()),
    };

    private HealthCheck Check() => new()
    {
        Kind = Any<CheckKind>(),
        Interval = Time(),
        Warmup = Maybe(Time),
        StartDown = Maybe(Flag),
        ConnectAddress = Maybe(Address),
        Requests = Many(() => new HttpRequestCheck { Path = Word(), Status = Many(() => new StatusRange(200, _random.Next(200, 999))), BodyMatches = Word() }),
        Command = Many(Word),
        Payload = Word(),
        Weight = _random.Next(),
    };

    private string Word() => Words[_random.Next(Words.Length)];

    private bool Flag() => _random.Next(2) == 0;

    private int Weight() => _random.Next(-254, 255);

    private TimeSpan Time() => new(_random.NextInt64(1L << _random.Next(1, 45)));

    private IpAddr Address() => Flag() ? IpAddr.FromUInt32((uint)_random.NextInt64(1L << 32)) : IpAddr.FromValue(IpFamily.IPv6, ((UInt128)0x2001_0db8 << 96) | (UInt128)(ulong)_random.NextInt64());

    private IpPrefix Network() => Address() is var address ? new(address, _random.Next(address.BitLength + 1)) : default;

    private T Any<T>()
        where T : struct, Enum => Enum.GetValues<T>()[_random.Next(Enum.GetValues<T>().Length)];

    private T? Maybe<T>(Func<T> make)
        where T : struct => Flag() ? make() : null;

    private ValueList<T> Many<T>(Func<T> make) => [.. Enumerable.Range(0, _random.Next(4)).Select(_ => make())];

    private ValueList<T> Named<T>(Func<string, T> make) => [.. Enumerable.Range(0, _random.Next(4)).Select(i => make($"n{i}.x:{i}"))];
}
