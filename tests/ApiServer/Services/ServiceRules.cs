// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Services;

/// <summary>Defaulting and validation of Services as the real server does it; allocation follows in <see cref="ServiceAllocator"/>.</summary>
public static class ServiceRules
{
    private static readonly string[] Types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
    private static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];

    public static void Default(JsonObject service, JsonObject? old)
    {
        var spec = service.Child("spec");
        spec["type"] ??= "ClusterIP";
        spec["sessionAffinity"] ??= "None";
        if (spec.Text("sessionAffinity") == "ClientIP")
            spec.Child("sessionAffinityConfig").Child("clientIP")["timeoutSeconds"] ??= 10800;
        else
            spec.Remove("sessionAffinityConfig");
        foreach (var port in (spec.List("ports") ?? []).OfType<JsonObject>())
        {
            port["protocol"] ??= "TCP";
            if (port["targetPort"] is null || port.Whole("targetPort") == 0 || port.Text("targetPort") is { Length: 0 })
                port["targetPort"] = port["port"]?.DeepClone();
        }

        var type = spec.Text("type");
        if (type is "NodePort" or "LoadBalancer")
            spec["externalTrafficPolicy"] ??= "Cluster";
        if (type != "ExternalName")
            spec["internalTrafficPolicy"] ??= "Cluster";
        if (type == "LoadBalancer")
            spec["allocateLoadBalancerNodePorts"] ??= true;
        WipeDependent(spec, old);
    }

    public static void DefaultStatus(JsonObject service)
    {
        foreach (var ingress in (service.List("status", "loadBalancer", "ingress") ?? []).OfType<JsonObject>())
        {
            if (ingress.Text("ip") is { Length: > 0 })
                ingress["ipMode"] ??= "VIP";
        }
    }

    public static IEnumerable<FieldError> Validate(JsonObject service, JsonObject? old)
    {
        var spec = service.Child("spec");
        var type = spec.Text("type") ?? "";
        if (!Types.Contains(type))
            yield return FieldError.NotSupported("spec.type", spec["type"], Types);
        var headless = spec.Text("clusterIP") == "None";
        var ports = spec.List("ports") ?? [];
        if (ports.Count == 0 && !headless && type != "ExternalName")
            yield return FieldError.Required("spec.ports");
        if (type == "ExternalName" && spec.Text("externalName") is null or { Length: 0 } && type == "ExternalName")
            yield return FieldError.Required("spec.externalName");
        if (type == "LoadBalancer" && headless)
            yield return FieldError.Invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for LoadBalancer services");
        foreach (var error in ValidatePorts(ports))
            yield return error;
        foreach (var (field, allowed) in new[] { ("externalTrafficPolicy", "Cluster,Local"), ("internalTrafficPolicy", "Cluster,Local"), ("sessionAffinity", "ClientIP,None"), ("ipFamilyPolicy", "SingleStack,PreferDualStack,RequireDualStack") })
        {
            if (spec.Text(field) is { } value && !allowed.Split(',').Contains(value))
                yield return FieldError.NotSupported("spec." + field, value, allowed.Split(','));
        }

        if (spec["externalTrafficPolicy"] is { } policy && type is not ("NodePort" or "LoadBalancer") && spec.List("externalIPs") is not { Count: > 0 })
            yield return FieldError.Invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services");
        if (spec["loadBalancerClass"] is { } lbClass && type != "LoadBalancer")
            yield return FieldError.Forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
        if (spec["allocateLoadBalancerNodePorts"] is not null && type != "LoadBalancer")
            yield return FieldError.Forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
        if (spec["loadBalancerSourceRanges"] is JsonArray { Count: > 0 } ranges)
        {
            if (type != "LoadBalancer")
                yield return FieldError.Forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
            for (var i = 0; i < ranges.Count; i++)
            {
                if (!IPNetwork.TryParse(ranges[i].Text()?.Trim() ?? "", out _))
                    yield return FieldError.Invalid($"spec.loadBalancerSourceRanges[{i}]", ranges[i], "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
            }
        }

        foreach (var error in ValidateChange(spec, old?.Map("spec"), type))
            yield return error;
        foreach (var error in ValidateIngress(service, type))
            yield return error;
    }

    private static IEnumerable<FieldError> ValidatePorts(JsonArray ports)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<(string, long)>();
        for (var i = 0; i < ports.Count; i++)
        {
            var at = $"spec.ports[{i}]";
            var name = ports[i].Text("name") ?? "";
            if (name.Length == 0 && ports.Count > 1)
                yield return FieldError.Required(at + ".name");
            else if (name.Length > 0 && !names.Add(name))
                yield return FieldError.Duplicate(at + ".name", name);
            if (name.Length > 63 || (name.Length > 0 && !Validation.Names.IsDnsLabel(name)))
                yield return FieldError.Invalid(at + ".name", name, Validation.Names.DnsLabelMessage);
            var number = ports[i].Whole("port") ?? 0;
            if (number is < 1 or > 65535)
                yield return FieldError.Invalid(at + ".port", number, "must be between 1 and 65535, inclusive");
            var protocol = ports[i].Text("protocol") ?? "";
            if (!Protocols.Contains(protocol))
                yield return FieldError.NotSupported(at + ".protocol", protocol, Protocols);
            if (ports[i].Whole("targetPort") is { } target and (< 1 or > 65535))
                yield return FieldError.Invalid(at + ".targetPort", target, "must be between 1 and 65535, inclusive");
            if (!numbers.Add((protocol, number)))
                yield return FieldError.Duplicate(at, new JsonObject { ["port"] = number, ["protocol"] = protocol });
        }
    }

    private static IEnumerable<FieldError> ValidateChange(JsonObject spec, JsonObject? old, string type)
    {
        if (old is null)
            yield break;
        var oldType = old.Text("type");
        if (type == "LoadBalancer" && oldType == "LoadBalancer" && !JsonNode.DeepEquals(spec["loadBalancerClass"], old["loadBalancerClass"]))
            yield return FieldError.Invalid("spec.loadBalancerClass", spec["loadBalancerClass"], "may not change once set");
        if (type != "ExternalName" && oldType != "ExternalName" && old.Text("clusterIP") is { Length: > 0 } before && spec.Text("clusterIP") is { } now && before != now)
            yield return FieldError.Invalid("spec.clusterIPs[0]", now, "may not change once set");
    }

    private static IEnumerable<FieldError> ValidateIngress(JsonObject service, string type)
    {
        var ingress = service.List("status", "loadBalancer", "ingress") ?? [];
        for (var i = 0; i < ingress.Count; i++)
        {
            var at = $"status.loadBalancer.ingress[{i}]";
            if (type != "LoadBalancer")
            {
                yield return FieldError.Forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is LoadBalancer");
                yield break;
            }

            if (ingress[i].Text("ip") is { Length: > 0 } ip && !IPAddress.TryParse(ip, out _))
                yield return FieldError.Invalid(at + ".ip", ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
            if (ingress[i].Text("ipMode") is { } mode)
            {
                if (ingress[i].Text("ip") is null or { Length: 0 })
                    yield return FieldError.Forbidden(at + ".ipMode", "may not be set when `ip` is not set");
                else if (mode is not ("VIP" or "Proxy"))
                    yield return FieldError.NotSupported(at + ".ipMode", mode, ["Proxy", "VIP"]);
            }

            if (ingress[i].Text("hostname") is { Length: > 0 } host && IPAddress.TryParse(host, out _))
                yield return FieldError.Invalid(at + ".hostname", host, "must be a DNS name, not an IP address");
        }
    }

    // What belonged to the old type goes when the type changes, unless the writer set it to something new.
    private static void WipeDependent(JsonObject spec, JsonObject? old)
    {
        var before = old?.Map("spec");
        if (before is null)
            return;
        foreach (var field in new[] { "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy" })
        {
            if (spec.Text("type") != "ExternalName" && before.Text("type") != "ExternalName")
                spec[field] ??= before[field]?.DeepClone();
        }

        if (spec.Text("type") is "NodePort" or "LoadBalancer")
            ReuseNodePorts(spec, before);
        if (spec.Text("type") == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local")
            spec["healthCheckNodePort"] ??= before["healthCheckNodePort"]?.DeepClone();
        if (before.Text("type") == spec.Text("type"))
            return;
        var gone = spec.Text("type") switch
        {
            "LoadBalancer" => Array.Empty<string>(),
            "NodePort" => ["loadBalancerClass", "allocateLoadBalancerNodePorts", "healthCheckNodePort"],
            _ => ["loadBalancerClass", "allocateLoadBalancerNodePorts", "healthCheckNodePort", "externalTrafficPolicy"],
        };
        foreach (var field in gone.Where(f => JsonNode.DeepEquals(spec[f], before[f])))
            spec.Remove(field);
        if (spec.Text("type") is "NodePort" or "LoadBalancer")
            return;
        var oldPorts = before.List("ports") ?? [];
        foreach (var port in (spec.List("ports") ?? []).OfType<JsonObject>())
        {
            if (oldPorts.Any(o => JsonNode.DeepEquals(o.At("nodePort"), port["nodePort"])))
                port.Remove("nodePort");
        }
    }

    private static void ReuseNodePorts(JsonObject spec, JsonObject before)
    {
        foreach (var port in (spec.List("ports") ?? []).OfType<JsonObject>().Where(p => p.Whole("nodePort") is null or 0))
        {
            var same = (before.List("ports") ?? []).FirstOrDefault(o => JsonNode.DeepEquals(o.At("port"), port["port"]) && o.Text("protocol") == port.Text("protocol"));
            if (same.Whole("nodePort") is > 0 and var number)
                port["nodePort"] = number;
        }
    }
}
