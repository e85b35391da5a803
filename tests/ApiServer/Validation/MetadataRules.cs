// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;

namespace LoadBalancer.ApiServer.Validation;

/// <summary>Validation of metadata that is common to all kinds.</summary>
public static class MetadataRules
{
    public static IEnumerable<FieldError> Validate(ResourceType type, JsonObject node, JsonObject? old)
    {
        var metadata = node.Map("metadata");
        var name = metadata.Text("name") ?? "";
        if (name.Length == 0)
        {
            yield return FieldError.Required("metadata.name", "name or generateName is required");
        }
        else if (old is null)
        {
            if (type.Plural == "services" && !Names.IsDns1035(name))
                yield return FieldError.Invalid("metadata.name", name, Names.Dns1035Message);
            else if (type.Plural == "namespaces" && !Names.IsDnsLabel(name))
                yield return FieldError.Invalid("metadata.name", name, Names.DnsLabelMessage);
            else if (type.Group != "rbac.authorization.k8s.io" && !Names.IsSubdomain(name))
                yield return FieldError.Invalid("metadata.name", name, Names.SubdomainMessage);
        }

        foreach (var field in new[] { "labels", "annotations" })
        {
            foreach (var (key, value) in metadata.Map(field) ?? [])
            {
                if (value is not null && value.Text() is null)
                    throw ApiException.BadRequest($"{type.Kind} in version \"{type.StorageVersion}\" cannot be handled as a {type.Kind}: json: cannot unmarshal into Go struct field ObjectMeta.metadata.{field} of type string");
                if (key.Split('/') is not { Length: <= 2 } parts || parts[^1].Length is 0 or > 63)
                    yield return FieldError.Invalid("metadata." + field, key, "name part must be no more than 63 characters");
                if (field == "labels" && value.Text() is { Length: > 63 } label)
                    yield return FieldError.Invalid("metadata.labels", label, "must be no more than 63 characters");
            }
        }

        if (old is null)
            yield break;
        foreach (var field in new[] { "name", "uid", "creationTimestamp" })
        {
            if (!JsonNode.DeepEquals(metadata.At(field), old.At("metadata", field)))
                yield return FieldError.Invalid("metadata." + field, metadata.At(field), "field is immutable");
        }
    }
}
