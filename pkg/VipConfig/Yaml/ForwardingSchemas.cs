// SPDX-License-Identifier: Apache-2.0
using static LoadBalancer.VipConfig.Yaml.Words;

namespace LoadBalancer.VipConfig.Yaml;

/// <summary>Keys of virtual servers, their real servers and checks.</summary>
internal static class ForwardingSchemas
{
    private static readonly Codec<int> Port = Number(0, 65535);

    private static readonly Schema<HttpRequestCheck> Request = new Schema<HttpRequestCheck>(new(), "a request")
        .Add("path", Text, r => r.Path, (r, v) => r with { Path = v })
        .Add("host", Text, r => r.Host, (r, v) => r with { Host = v })
        .Add("status", List(Status), r => r.Status, (r, v) => r with { Status = v })
        .Add("digest", Text, r => r.Digest, (r, v) => r with { Digest = v })
        .Add("bodyMatches", Text, r => r.BodyMatches, (r, v) => r with { BodyMatches = v })
        .Add("bodyMatchesNot", Text, r => r.BodyMatchesNot, (r, v) => r with { BodyMatchesNot = v });

    public static readonly Schema<HealthCheck> Check = new Schema<HealthCheck>(new(), "a check")
        .Add("kind", Member<CheckKind>(), c => c.Kind, (c, v) => c with { Kind = v }, restarts: true)
        .Add("interval", Duration, c => c.Interval, (c, v) => c with { Interval = v })
        .Add("timeout", Duration, c => c.Timeout, (c, v) => c with { Timeout = v })
        .Add("rise", Number(1, 1_000_000), c => c.Rise, (c, v) => c with { Rise = v })
        .Add("fall", Number(1, 2_000_000), c => c.Fall, (c, v) => c with { Fall = v })
        .Add("retryDelay", Duration, c => c.RetryDelay, (c, v) => c with { RetryDelay = v })
        .Add("warmup", Optional(Duration), c => c.Warmup, (c, v) => c with { Warmup = v })
        .Add("startDown", Optional(Flag), c => c.StartDown, (c, v) => c with { StartDown = v })
        .Add("connectAddress", Optional(Address), c => c.ConnectAddress, (c, v) => c with { ConnectAddress = v })
        .Add("connectPort", Port, c => c.ConnectPort, (c, v) => c with { ConnectPort = v })
        .Add("bindAddress", Optional(Address), c => c.BindAddress, (c, v) => c with { BindAddress = v })
        .Add("bindPort", Port, c => c.BindPort, (c, v) => c with { BindPort = v })
        .Add("bindInterface", Text, c => c.BindInterface, (c, v) => c with { BindInterface = v })
        .Add("firewallMark", Optional(Mark), c => c.FirewallMark, (c, v) => c with { FirewallMark = v })
        .Add("requests", List(Request), c => c.Requests, (c, v) => c with { Requests = v })
        .Add("serverName", Text, c => c.ServerName, (c, v) => c with { ServerName = v })
        .Add("command", Texts, c => c.Command, (c, v) => c with { Command = v })
        .Add("dynamicWeight", Flag, c => c.DynamicWeight, (c, v) => c with { DynamicWeight = v })
        .Add("user", Text, c => c.User, (c, v) => c with { User = v })
        .Add("group", Text, c => c.Group, (c, v) => c with { Group = v })
        .Add("payload", Text, c => c.Payload, (c, v) => c with { Payload = v })
        .Add("reply", Text, c => c.Reply, (c, v) => c with { Reply = v })
        .Add("requireReply", Flag, c => c.RequireReply, (c, v) => c with { RequireReply = v })
        .Add("queryType", Text, c => c.QueryType, (c, v) => c with { QueryType = v })
        .Add("name", Text, c => c.Name, (c, v) => c with { Name = v })
        .Add("weight", Number(int.MinValue + 1, int.MaxValue), c => c.Weight, (c, v) => c with { Weight = v });

    private static readonly Schema<RealServer> Real = new Schema<RealServer>(new(), "a server")
        .Add("address", Address, r => r.Address, (r, v) => r with { Address = v })
        .Add("port", Port, r => r.Port, (r, v) => r with { Port = v })
        .Add("weight", Number(0, 65535), r => r.Weight, (r, v) => r with { Weight = v })
        .Add("method", Optional(Member<ForwardingMethod>()), r => r.Method, (r, v) => r with { Method = v })
        .Add("checks", List(Check), r => r.Checks, (r, v) => r with { Checks = v })
        .Add("drainOnFailure", Flag, r => r.DrainOnFailure, (r, v) => r with { DrainOnFailure = v })
        .Add("maxConnections", Optional(Number(0, int.MaxValue)), r => r.MaxConnections, (r, v) => r with { MaxConnections = v })
        .Add("minConnections", Optional(Number(0, int.MaxValue)), r => r.MinConnections, (r, v) => r with { MinConnections = v })
        .Add("notifyUp", Texts, r => r.NotifyUp, (r, v) => r with { NotifyUp = v })
        .Add("notifyDown", Texts, r => r.NotifyDown, (r, v) => r with { NotifyDown = v })
        .Add("user", Text, r => r.User, (r, v) => r with { User = v });

    public static readonly Schema<VirtualServer> Server = new Schema<VirtualServer>(new(), "a virtual server")
        .Add("endpoints", List(Endpoint), s => s.Endpoints, (s, v) => s with { Endpoints = v })
        .Add("protocol", Member<TransportProtocol>(), s => s.Protocol, (s, v) => s with { Protocol = v }, restarts: true)
        .Add("scheduler", Member<Scheduler>(), s => s.Scheduler, (s, v) => s with { Scheduler = v })
        .Add("method", Member<ForwardingMethod>(), s => s.Method, (s, v) => s with { Method = v })
        .Add("persistence", Duration, s => s.Persistence, (s, v) => s with { Persistence = v })
        .Add("persistencePrefix", Optional(Number(0, 128)), s => s.PersistencePrefix, (s, v) => s with { PersistencePrefix = v })
        .Add("onePacket", Flag, s => s.OnePacket, (s, v) => s with { OnePacket = v })
        .Add("servers", List(Real), s => s.Servers, (s, v) => s with { Servers = v })
        .Add("sorryServer", new OptionalObjectCodec<RealServer>(Real), s => s.SorryServer, (s, v) => s with { SorryServer = v })
        .Add("quorum", Number(0, int.MaxValue), s => s.Quorum, (s, v) => s with { Quorum = v })
        .Add("hysteresis", Number(0, int.MaxValue), s => s.Hysteresis, (s, v) => s with { Hysteresis = v })
        .Add("quorumUp", Texts, s => s.QuorumUp, (s, v) => s with { QuorumUp = v })
        .Add("quorumDown", Texts, s => s.QuorumDown, (s, v) => s with { QuorumDown = v })
        .Add("user", Text, s => s.User, (s, v) => s with { User = v })
        .Add("startDown", Flag, s => s.StartDown, (s, v) => s with { StartDown = v })
        .Add("notifyOnStop", Flag, s => s.NotifyOnStop, (s, v) => s with { NotifyOnStop = v })
        .Add("suspendWithoutAddress", Flag, s => s.SuspendWithoutAddress, (s, v) => s with { SuspendWithoutAddress = v });
}
