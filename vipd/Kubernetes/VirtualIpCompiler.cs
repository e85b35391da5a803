// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using Secret = LoadBalancer.Kubernetes.Model.Secret;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>Makes of one VirtualIP an instance of this node, its tracked objects and its virtual servers.</summary>
internal sealed class VirtualIpCompiler(ClusterView view, ServiceServers servers)
{
    public const string PasswordKey = "password";

    private const int UsualDeadAfter = 3;

    private readonly List<VipInstance> _instances = [];
    private readonly List<TrackedService> _checks = [];
    private readonly List<VirtualServer> _servers = [];

    /// <summary>What was made so far.</summary>
    public VipConfiguration Made => new() { Instances = [.. _instances], Services = [.. _checks], VirtualServers = [.. _servers] };

    /// <summary>Adds one; what cannot be is left out whole.</summary>
    public Verdict Add(VirtualIP virtualIp)
    {
        VirtualIPSpec spec = virtualIp.Spec;
        string name = virtualIp.Metadata.Name ?? "";
        SortedDictionary<string, int> priorities = NodeRanks.Of(virtualIp, view.Nodes);
        if (priorities.Count == 0)
            return Verdict.Refused("NoNode", "no node matches nodeSelector, so nobody holds the addresses: correct the selector, or label nodes");
        List<InterfaceAddress> addresses = [];
        foreach (string text in spec.Addresses)
        {
            if (!InterfaceAddress.TryParse(text, out InterfaceAddress address))
                return Verdict.Refused("Invalid", $"spec.addresses has \"{text}\", which is no address: write one such as 192.0.2.100/24");
            addresses.Add(address);
        }

        if (addresses.Count == 0)
            return Verdict.Refused("Invalid", "spec.addresses is empty: list the addresses that are to be held");
        if (!priorities.TryGetValue(view.Options.NodeName, out int priority))
            return Verdict.NotHere;
        if (!TryDurations(spec, out TimeSpan interval, out TimeSpan delay, out TimeSpan refresh, out string? wrong))
            return Verdict.Refused("Invalid", wrong!);
        string device = spec.Interface ?? "";
        if (device.Length == 0 && LocalLink.Of(view.Links, addresses[0].Address) is { } link)
            device = link.Name;
        if (device.Length == 0)
            return Verdict.RefusedHere("NoInterface", $"no interface of node {view.Options.NodeName} is in the network of {addresses[0].Address}: give spec.interface, or an address of that network to an interface");
        if (RouterIds.InForce(virtualIp) is not { } routerId)
        {
            return SegmentOf(virtualIp) is null
                ? Verdict.RefusedHere("NoInterface", $"node {view.Options.NodeName} has no interface {device}, so it cannot tell which virtualRouterID is free there: correct spec.interface, or give spec.virtualRouterID")
                : new(true, "Pending", "a virtualRouterID is being chosen: it takes some seconds to hear which ones others use", IsLocal: true);
        }

        if (!TryPassword(spec, out VrrpAuthentication? authentication, out Verdict missing))
            return missing;

        IpFamily family = addresses[0].Address.Family;
        // All in one instance, so that they move together; an advertisement holds one family, and the others are not in it.
        VipInstance instance = new()
        {
            Name = name,
            Interface = device,
            Version = spec.VrrpVersion == 2 ? VrrpVersion.V2 : VrrpVersion.V3,
            RouterId = routerId,
            Priority = priority,
            AdvertInterval = interval,
            DeadAfter = spec.DeadAfter ?? UsualDeadAfter,
            Accept = spec.Accept ?? true,
            Announce = new() { RefreshInterval = refresh },
            Preempt = spec.Preempt ?? false,
            PreemptDelay = delay,
            Authentication = authentication,
            VirtualMac = spec.VirtualMac == true ? new() { AdvertiseFromBase = spec.Unicast == true } : null,
            Addresses = [.. addresses.Where(a => a.Address.Family == family).Select(Held)],
            ExcludedAddresses = [.. addresses.Where(a => a.Address.Family != family).Select(Held)],
            Unicast = spec.Unicast == true ? Peers(priorities.Keys, family) : null,
            Track = new()
            {
                Interfaces = [.. spec.Track.Interfaces.Select(static i => new TrackReference { Name = i.Name, Weight = i.Weight })],
                Services = [.. spec.Track.Checks.Select(check => new TrackReference { Name = $"{name}/{check.Name}", Weight = check.Weight })],
            },
        };
        List<TrackedService> checks = [];
        foreach (VirtualIPCheck check in spec.Track.Checks)
        {
            if (!TryCheck(check, out HealthCheck? made, out wrong))
                return Verdict.Refused("Invalid", wrong!);
            checks.Add(new() { Name = $"{name}/{check.Name}", Check = made!, Weight = check.Weight });
        }

        _instances.Add(instance);
        _checks.AddRange(checks);
        return spec.Service is { } service ? Front(name, service, addresses) : Verdict.Accepted;
    }

    /// <summary>
    /// Where it would advertise, and in which family; null where this node takes no part, or has no such interface. No link: one that
    /// container networks make was asked for, and nobody listens there.
    /// </summary>
    public (LocalLink? Link, IpFamily Family)? SegmentOf(VirtualIP virtualIp)
    {
        VirtualIPSpec spec = virtualIp.Spec;
        if (spec.Addresses.Count == 0 || !InterfaceAddress.TryParse(spec.Addresses[0], out InterfaceAddress first) || !NodeRanks.Of(virtualIp, view.Nodes).ContainsKey(view.Options.NodeName))
            return null;
        if (spec.Interface is not { Length: > 0 } named)
            return LocalLink.Of(view.Links, first.Address) is { } link ? (link, first.Address.Family) : null;
        if (!LocalLink.MayBeOnASegment(named))
            return (null, first.Address.Family);
        return view.Links.FirstOrDefault(l => l.Name == named) is { } own ? (own, first.Address.Family) : null;
    }

    private Verdict Front(string name, VirtualIPService service, List<InterfaceAddress> addresses)
    {
        ForwardingMethod method = service.Method switch
        {
            "NAT" => ForwardingMethod.Nat,
            "DirectRouting" => ForwardingMethod.DirectRouting,
            _ => ForwardingMethod.Masquerade,
        };
        ObjectKey key = new(service.Namespace, service.Name);
        _servers.AddRange(servers.Of(name, key, [.. addresses.Select(static a => a.Address)], new(method, LoadBalancer.VipConfig.Scheduler.RoundRobin, TimeSpan.Zero, IsChecked: false), out string? problem));
        return problem is null ? Verdict.Accepted : new(true, "NothingToForwardTo", problem);
    }

    private UnicastSettings Peers(IEnumerable<string> nodes, IpFamily family) => new()
    {
        Peers = [.. NodeAddresses.Of(view.Nodes.Where(node => node.Metadata.Name != view.Options.NodeName && nodes.Contains(node.Metadata.Name)), family)
            .Select(static address => new UnicastPeer { Address = address })],
        // Alone it has nobody to tell: that is no reason to tell all.
        FaultWithoutPeers = false,
    };

    private static VirtualAddress Held(InterfaceAddress address) => new() { Address = address };

    private bool TryPassword(VirtualIPSpec spec, out VrrpAuthentication? authentication, out Verdict missing)
    {
        authentication = null;
        missing = default;
        if (spec.AuthSecret?.Name is not { Length: > 0 } secret)
            return true;
        if (!view.Secrets.TryGetValue(secret, out Secret? found) || !found.Data.TryGetValue(PasswordKey, out byte[]? password) || password.Length == 0)
        {
            missing = Verdict.Refused("NoPassword", $"there is no Secret {secret} of type kubernetes.io/basic-auth with a password in namespace {view.Options.Namespace}: create it there, or remove spec.authSecret");
            return false;
        }

        authentication = new() { Password = new(Encoding.UTF8.GetString(password)) };
        return true;
    }

    private static bool TryDurations(VirtualIPSpec spec, out TimeSpan interval, out TimeSpan delay, out TimeSpan refresh, out string? wrong)
    {
        interval = TimeSpan.FromSeconds(1);
        delay = TimeSpan.Zero;
        refresh = TimeSpan.Zero;
        wrong = null;
        return Durations.TryRead(spec.AdvertisementInterval, "spec.advertisementInterval", ref interval, ref wrong)
            && Durations.TryRead(spec.PreemptDelay, "spec.preemptDelay", ref delay, ref wrong)
            && Durations.TryRead(spec.AnnounceRefreshInterval, "spec.announceRefreshInterval", ref refresh, ref wrong);
    }

    private static bool TryCheck(VirtualIPCheck check, out HealthCheck? made, out string? wrong)
    {
        made = null;
        wrong = null;
        string path = $"spec.track.checks of name {check.Name}";
        TimeSpan interval = TimeSpan.FromSeconds(1), timeout = TimeSpan.FromSeconds(1);
        if (!Durations.TryRead(check.Interval, $"{path}: interval", ref interval, ref wrong) || !Durations.TryRead(check.Timeout, $"{path}: timeout", ref timeout, ref wrong))
            return false;
        IpAddr? address = null;
        if (check.Address is { Length: > 0 } text)
        {
            if (!IpAddr.TryParse(text, out IpAddr given))
            {
                wrong = $"{path}: address is \"{text}\", which is none: write one such as 127.0.0.1";
                return false;
            }

            address = given;
        }

        made = new()
        {
            Kind = check.Path is null ? CheckKind.Tcp : CheckKind.Http,
            Interval = interval,
            Timeout = timeout,
            Rise = check.Rise ?? 2,
            Fall = check.Fall ?? 3,
            ConnectAddress = address,
            ConnectPort = check.Port,
            Requests = check.Path is { } asked ? [new HttpRequestCheck { Path = asked, Host = check.Host ?? "" }] : [],
        };
        return true;
    }
}
