// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;

namespace LoadBalancer.ApiServer.Selectors;

/// <summary>The query form of a field selector over the fields the real server indexes.</summary>
public sealed class FieldSelector
{
    private static readonly Dictionary<string, string[]> Extra = new(StringComparer.Ordinal)
    {
        ["pods"] = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP", "status.nominatedNodeName"],
        ["services"] = ["spec.clusterIP", "spec.type"],
        ["nodes"] = ["spec.unschedulable"],
        ["secrets"] = ["type"],
        ["namespaces"] = ["status.phase"],
        ["events"] = ["involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type"],
        ["jobs"] = ["status.successful"],
    };

    private readonly List<(string[] Path, bool Equal, string Value)> _terms = [];

    public static FieldSelector? Parse(string? text, ResourceType type)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var selector = new FieldSelector();
        foreach (var term in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = term.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                throw ApiException.BadRequest($"invalid field selector: '{term}'; can't understand '{term}'");
            var equal = term[at - 1] != '!';
            var path = equal ? term[..at] : term[..(at - 1)];
            var value = term[(at + 1)..].TrimStart('=');
            if (path is not ("metadata.name" or "metadata.namespace") && !(Extra.TryGetValue(type.Plural, out var known) && known.Contains(path)) && !IsSelectable(type, path))
                throw ApiException.BadRequest($"field label not supported: {path}");
            selector._terms.Add((path.Split('.'), equal, value));
        }

        return selector;
    }

    public bool Matches(JsonObject node)
    {
        foreach (var (path, equal, value) in _terms)
        {
            var found = node.At(path);
            var text = found is null ? "" : found.Text() ?? (found is JsonObject source ? source.Text("component") ?? "" : found.ToJsonString());
            if (text.Length == 0 && found is null && path[^1] == "unschedulable")
                text = "false";
            if (text == value != equal)
                return false;
        }

        return true;
    }

    private static bool IsSelectable(ResourceType type, string path) =>
        type.Definition.List("spec", "versions") is { } versions
        && versions.Any(v => v.List("selectableFields") is { } fields && fields.Any(f => f.Text("jsonPath") == "." + path));
}
