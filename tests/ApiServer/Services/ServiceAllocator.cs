// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Services;

/// <summary>Fills in cluster addresses, families and node ports; on failure nothing stays taken.</summary>
public sealed class ServiceAllocator(ServiceAllocations allocations, Func<IEnumerable<JsonObject>> current)
{
    public List<FieldError> Allocate(JsonObject service, JsonObject? old, bool dryRun)
    {
        // Everything of the old revision is given back first and taken again by value, so that one path serves create and update.
        if (old is not null)
            allocations.Release(old);
        var errors = new List<FieldError>();
        var spec = service.Child("spec");
        if (spec.Text("type") == "ExternalName")
            DropAddresses(spec);
        else
            Addresses(spec, errors);
        NodePorts(spec, errors);
        if (errors.Count == 0 && !dryRun)
            return errors;
        allocations.Rebuild(current());
        return errors;
    }

    private static void DropAddresses(JsonObject spec)
    {
        foreach (var field in new[] { "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy" })
            spec.Remove(field);
    }

    private void Addresses(JsonObject spec, List<FieldError> errors)
    {
        var given = spec.Texts("clusterIPs").ToList();
        if (given.Count == 0 && spec.Text("clusterIP") is { Length: > 0 } one)
            given.Add(one);
        var families = Families(spec, given, errors);
        if (errors.Count > 0)
            return;
        if (given is ["None"])
        {
            (spec["clusterIP"], spec["clusterIPs"]) = ("None", new JsonArray("None"));
            return;
        }

        var result = new List<string>();
        for (var i = 0; i < families.Count; i++)
        {
            var range = allocations.Range(families[i])!;
            if (i < given.Count)
            {
                if (!IPAddress.TryParse(given[i], out var address) || !range.Contains(address))
                    errors.Add(FieldError.Invalid($"spec.clusterIPs[{i}]", given[i], $"failed to allocate IP {given[i]}: the provided IP ({given[i]}) is not in the valid range. The range of valid IPs is {range.Text}"));
                else if (!range.TryTake(address))
                    errors.Add(FieldError.Invalid($"spec.clusterIPs[{i}]", given[i], $"failed to allocate IP {given[i]}: provided IP is already allocated"));
                else
                    result.Add(given[i]);
            }
            else if (range.Next() is { } next)
            {
                result.Add(next);
            }
            else
            {
                errors.Add(FieldError.Internal("spec.clusterIPs", "failed to allocate a serviceIP: range is full"));
            }
        }

        if (errors.Count > 0)
        {
            foreach (var ip in result)
            {
                foreach (var range in allocations.Ranges)
                    range.Free(ip);
            }

            return;
        }

        spec["clusterIP"] = result[0];
        spec["clusterIPs"] = new JsonArray([.. result.Select(r => (JsonNode)r)]);
    }

    private List<string> Families(JsonObject spec, List<string> given, List<FieldError> errors)
    {
        var families = spec.Texts("ipFamilies").ToList();
        for (var i = families.Count; i < given.Count && given[i] != "None"; i++)
            families.Add(given[i].Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4");
        if (families.Count == 0)
            families.Add(allocations.Ranges[0].IsIPv6 ? "IPv6" : "IPv4");
        var policy = spec.Text("ipFamilyPolicy") ?? (families.Count == 2 ? "RequireDualStack" : "SingleStack");
        var other = families[0] == "IPv6" ? "IPv4" : "IPv6";
        if (policy == "SingleStack" && families.Count > 1)
            errors.Add(FieldError.Invalid("spec.ipFamilyPolicy", policy, "may only be 'RequireDualStack' or 'PreferDualStack' when multiple 'ipFamilies' are specified"));
        if (policy == "RequireDualStack" && allocations.Range(other) is null)
            errors.Add(FieldError.Invalid("spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services"));
        if (policy != "SingleStack" && families.Count == 1 && allocations.Range(other) is not null)
            families.Add(other);
        for (var i = 0; i < families.Count; i++)
        {
            if (allocations.Range(families[i]) is null)
                errors.Add(FieldError.Invalid($"spec.ipFamilies[{i}]", families[i], "not configured on this cluster"));
        }

        spec["ipFamilies"] = new JsonArray([.. families.Select(f => (JsonNode)f)]);
        spec["ipFamilyPolicy"] = policy;
        return families;
    }

    private void NodePorts(JsonObject spec, List<FieldError> errors)
    {
        var type = spec.Text("type");
        var wanted = type == "NodePort" || (type == "LoadBalancer" && spec.Flag("allocateLoadBalancerNodePorts") != false);
        var ports = (spec.List("ports") ?? []).OfType<JsonObject>().ToArray();
        for (var i = 0; i < ports.Length; i++)
        {
            var protocol = ports[i].Text("protocol") ?? "TCP";
            if (ports[i].Whole("nodePort") is > 0 and var asked)
            {
                if (type is not ("NodePort" or "LoadBalancer"))
                    errors.Add(FieldError.Forbidden($"spec.ports[{i}].nodePort", "may not be used when `type` is 'ClusterIP'"));
                else if (asked is < ServiceAllocations.FirstNodePort or > ServiceAllocations.LastNodePort)
                    errors.Add(FieldError.Invalid($"spec.ports[{i}].nodePort", asked, "provided port is not in the valid range. The range of valid ports is 30000-32767"));
                else if (!allocations.TryTakePort(protocol, (int)asked))
                    errors.Add(FieldError.Invalid($"spec.ports[{i}].nodePort", asked, "provided port is already allocated"));
            }
            else if (wanted && allocations.NextPort(protocol) is { } port)
            {
                ports[i]["nodePort"] = port;
            }
            else if (wanted)
            {
                errors.Add(FieldError.Internal($"spec.ports[{i}].nodePort", "failed to allocate a nodePort: range is full"));
            }
        }

        if (type != "LoadBalancer" || spec.Text("externalTrafficPolicy") != "Local")
        {
            spec.Remove("healthCheckNodePort");
            return;
        }

        if (spec.Whole("healthCheckNodePort") is > 0 and var health)
            allocations.TryTakePort("health", (int)health);
        else if (allocations.NextPort("health") is { } fresh)
            spec["healthCheckNodePort"] = fresh;
        else
            errors.Add(FieldError.Internal("spec.healthCheckNodePort", "failed to allocate requested HealthCheck NodePort: range is full"));
    }
}
