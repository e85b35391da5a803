// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Judging;

/// <summary>What must hold for virtual servers, their servers and checks.</summary>
internal static class ServerRules
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public static void Judge(VipConfiguration configuration, ProblemList problems)
    {
        Dictionary<(VirtualEndpoint, TransportProtocol), string> taken = [];
        foreach (VirtualServer server in configuration.VirtualServers)
        {
            Judge judge = new(problems, $"virtualServers.{server.Name}");
            if (server.Endpoints.Count == 0)
                judge.Refuse("endpoints", "is empty: give the addresses and ports it listens on, such as 192.0.2.100:80");
            for (int i = 0; i < server.Endpoints.Count; i++)
                if (!taken.TryAdd((server.Endpoints[i], server.Protocol), server.Name))
                    judge.At("endpoints", i).Refuse("", $"is {server.Endpoints[i]}, which virtual server {taken[(server.Endpoints[i], server.Protocol)]} has, too: remove it from one of them");
            judge.WarnIf(server.Servers.Count == 0, "servers", "is empty, so connections are refused: add servers");
            judge.WarnIf(server.OnePacket && server.Protocol != TransportProtocol.Udp, "onePacket", "is for UDP alone: remove it");
            judge.RefuseIf(server.Hysteresis > 0 && server.Hysteresis >= server.Quorum, "hysteresis", $"is {server.Hysteresis} and not below quorum {server.Quorum}: lower it");
            HookRules.Program(server.QuorumUp, "quorumUp", judge);
            HookRules.Program(server.QuorumDown, "quorumDown", judge);
            long weight = 0;
            HashSet<(IpAddr, int)> seen = [];
            for (int i = 0; i < server.Servers.Count; i++)
            {
                RealServer real = server.Servers[i];
                Judge place = judge.At("servers", i);
                weight += real.Weight;
                place.RefuseIf(!seen.Add((real.Address, real.Port)), "address", $"is {real.Address} port {real.Port}, which is there twice: remove one, or give one of them more weight");
                Real(real, server, place, configuration);
            }

            judge.WarnIf(server.Servers.Count > 0 && server.Quorum > weight, "quorum", $"is {server.Quorum}, more than all servers weigh together ({weight}): it is never reached, lower it");
            if (server.SorryServer is { } sorry)
                Real(sorry, server, new(problems, $"virtualServers.{server.Name}.sorryServer"), configuration);
        }
    }

    public static bool NeedsPort(CheckKind kind) => kind switch
    {
        CheckKind.Tcp or CheckKind.Http or CheckKind.Https or CheckKind.Udp or CheckKind.Smtp => true,
        CheckKind.Dns or CheckKind.Script or CheckKind.Ping or CheckKind.File or CheckKind.Bfd => false,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static void Check(HealthCheck check, Judge judge, VipConfiguration configuration)
    {
        judge.RefuseIf(check.Interval <= TimeSpan.Zero, "interval", "is zero: give the time between two checks, such as 5s");
        judge.RefuseIf(check.Timeout <= TimeSpan.Zero, "timeout", "is zero: give the answer time, such as 3s");
        judge.RefuseIf(check.Kind == CheckKind.Script && check.Command.Count == 0, "command", "is missing: give the program and its arguments");
        judge.WarnIf(check.Kind != CheckKind.Script && check.Command.Count > 0, "command", "is without effect: set kind to script, or remove it");
        judge.WarnIf(check.Requests.Count > 0 && check.Kind is not (CheckKind.Http or CheckKind.Https), "requests", "are without effect: set kind to http or https, or remove them");
        judge.RefuseIf(check.Kind == CheckKind.Bfd && !Any(configuration.BfdPeers, check.Name, static b => b.Name), "name", $"is \"{check.Name}\", and there is no such BFD peer: define it under bfdPeers");
        judge.RefuseIf(check.Kind == CheckKind.File && !Any(configuration.Files, check.Name, static f => f.Name), "name", $"is \"{check.Name}\", and there is no such file: define it under files");
        HookRules.Program(check.Command, "command", judge);
        for (int i = 0; i < check.Requests.Count; i++)
        {
            HttpRequestCheck request = check.Requests[i];
            Judge place = judge.At("requests", i);
            place.RefuseIf(!request.Path.StartsWith('/'), "path", $"is \"{request.Path}\": begin with a slash");
            place.RefuseIf(request.Digest.Length is not (0 or 32) || request.Digest.AsSpan().ContainsAnyExcept(HexDigits), "digest",
                "is no MD5 in hexadecimal: write its 32 digits");
            place.RefuseIf(!IsPattern(request.BodyMatches), "bodyMatches", "is no regular expression: check brackets and backslashes");
            place.RefuseIf(!IsPattern(request.BodyMatchesNot), "bodyMatchesNot", "is no regular expression: check brackets and backslashes");
        }
    }

    private static void Real(RealServer real, VirtualServer server, Judge judge, VipConfiguration configuration)
    {
        if (real.Address.IsUnspecified || real.Address.IsMulticast)
            judge.Refuse("address", real.Address.IsUnspecified ? "is missing: give the server's address" : $"is {real.Address}, which is a group: give the server's own address");
        else if (server.Endpoints.Count > 0 && server.Endpoints[0].First.Family != real.Address.Family && (real.Method ?? server.Method) != ForwardingMethod.Tunnel)
            judge.Refuse("address", $"is {real.Address}, of the other family than {server.Endpoints[0].First}: only the method tunnel crosses families");
        bool samePort = server.Endpoints.Count == 0 || real.Port == 0 || server.Endpoints[0].Port == 0 || server.Endpoints[0].Port == real.Port;
        judge.RefuseIf(!samePort && (real.Method ?? server.Method) == ForwardingMethod.DirectRouting, "port",
            $"is {real.Port}, and direct routing leaves the port as it is: give {(server.Endpoints.Count > 0 ? server.Endpoints[0].Port : 0)}, or use nat or masquerade");
        judge.RefuseIf(real.MinConnections > real.MaxConnections, "minConnections", "is above maxConnections: swap them");
        HookRules.Program(real.NotifyUp, "notifyUp", judge);
        HookRules.Program(real.NotifyDown, "notifyDown", judge);
        for (int i = 0; i < real.Checks.Count; i++)
            Check(real.Checks[i], judge.At("checks", i), configuration);
    }

    private static bool IsPattern(string pattern)
    {
        try
        {
            _ = new System.Text.RegularExpressions.Regex(pattern);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool Any<T>(ValueList<T> items, string wanted, Func<T, string> name)
    {
        foreach (T item in items)
            if (name(item) == wanted)
                return true;
        return false;
    }
}
