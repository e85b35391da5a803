// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Cel;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Http;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Schemas;

/// <summary>Prunes, defaults and validates a custom resource by the schema of the version it was sent in.</summary>
public static class CustomResourceRules
{
    public static void Apply(RequestContext request, JsonObject node, JsonObject? old, List<FieldError> errors)
    {
        var version = (request.Type.Definition.List("spec", "versions") ?? []).FirstOrDefault(v => v.Text("name") == request.Version);
        if (version.Map("schema", "openAPIV3Schema") is not { } schema)
            return;
        var unknown = new List<string>();
        SchemaShaper.Prune(node, schema, "", isRoot: true, unknown);
        if (unknown.Count > 0 && request.FieldValidation == "Strict")
            throw ApiException.BadRequest($"{request.Type.Kind} in version \"{request.Version}\" cannot be handled as a {request.Type.Kind}: strict decoding error: {string.Join(", ", unknown.Select(u => $"unknown field \"{u}\""))}");
        if (request.FieldValidation == "Warn")
            unknown.ForEach(u => request.Warn($"unknown field \"{u}\""));
        SchemaShaper.Default(node, schema);
        var judged = node;
        if (request.Type.HasStatus && request.Info.Subresource != "status")
        {
            // The main resource is not to blame for a status it cannot change.
            judged = (JsonObject)node.DeepClone();
            judged.Remove("status");
        }

        var found = new List<FieldError>();
        SchemaValidator.Validate(judged, schema, "", found);
        // Other errors do not hide what the rules say.
        if (!found.Any(IsBlocking))
            RuleEvaluator.Evaluate(judged, old, schema, "", found);
        else if (HasRules(schema))
            found.Add(FieldError.Invalid("<nil>", null, "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"));
        errors.AddRange(found);
    }

    private static bool IsBlocking(FieldError error) =>
        error.Reason is "FieldValueNotSupported" or "FieldValueRequired" or "FieldValueTooLong" or "FieldValueTooMany" or "FieldValueTypeInvalid";

    private static bool HasRules(JsonNode? schema) => schema switch
    {
        JsonObject map => map.ContainsKey("x-kubernetes-validations") || map.Any(p => HasRules(p.Value)),
        _ => false,
    };
}
