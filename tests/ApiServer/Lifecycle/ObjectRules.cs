// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Http;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;
using LoadBalancer.ApiServer.Schemas;
using LoadBalancer.ApiServer.Services;
using LoadBalancer.ApiServer.Validation;

namespace LoadBalancer.ApiServer.Lifecycle;

/// <summary>What a kind does to an object before it is stored: defaults, pruning, validation, allocation.</summary>
public sealed class ObjectRules(ResourceRegistry registry, ServiceAllocations allocations)
{
    private readonly ServiceAllocator _services = new(allocations, () => registry.Get("", "services").Store.Objects.Values.Select(s => s.Node));

    /// <summary>Runs under the lock of the store; <paramref name="node"/> is changed in place.</summary>
    public void Apply(RequestContext request, JsonObject node, JsonObject? old)
    {
        var type = request.Type;
        var errors = new List<FieldError>();
        errors.AddRange(MetadataRules.Validate(type, node, old));
        if (type.IsCustom)
        {
            CustomResourceRules.Apply(request, node, old, errors);
        }
        else if (type.Plural == "services")
        {
            ServiceRules.Default(node, old);
            if (node.Text("spec", "type") != "LoadBalancer" && old.Text("spec", "type") == "LoadBalancer" && request.Info.Subresource != "status")
                node["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
            ServiceRules.DefaultStatus(node);
            errors.AddRange(ServiceRules.Validate(node, old));
            if (errors.Count == 0 && request.Info.Subresource != "status")
                errors.AddRange(_services.Allocate(node, old, request.DryRun));
        }
        else
        {
            BuiltinRules.Default(type, node, old);
            errors.AddRange(BuiltinRules.Validate(type, node, old));
            if (type.Plural == "customresourcedefinitions")
                errors.AddRange(DefinitionRules.Validate(node, old));
        }

        if (errors.Count > 0)
            throw ApiException.Invalid(type, node.Text("metadata", "name") ?? "", errors);
    }

    public void Removed(ResourceType type, JsonObject node)
    {
        if (type is { Plural: "services", Group: "" })
            allocations.Release(node);
    }
}
