// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Lifecycle;
using LoadBalancer.ApiServer.Patching;
using LoadBalancer.ApiServer.Selectors;
using LoadBalancer.ApiServer.Watch;

namespace LoadBalancer.ApiServer.Http;

/// <summary>The verbs on stored resources.</summary>
public sealed class ResourceHandler(ObjectWriter writer, ListHandler lists, WatchHandler watches, NamespaceReaper reaper, TimeProvider clock)
{
    public Task HandleAsync(RequestContext request, string verb) => verb switch
    {
        "get" => GetAsync(request),
        "list" => lists.HandleAsync(request),
        "watch" => watches.HandleAsync(request),
        "create" => CreateAsync(request),
        "update" => UpdateAsync(request),
        "patch" => PatchAsync(request),
        "delete" => DeleteAsync(request),
        "deletecollection" => DeleteCollectionAsync(request),
        _ => throw ApiException.MethodNotAllowed(),
    };

    private Task GetAsync(RequestContext request)
    {
        var stored = request.Type.Store.Find(request.Type.Key(request.Info.Namespace, request.Info.Name))
            ?? throw ApiException.NotFound(request.Type, request.Info.Name);
        return ResponseWriter.WriteObjectAsync(request, 200, stored.Node, clock);
    }

    private async Task CreateAsync(RequestContext request)
    {
        var node = await BodyReader.ReadObjectAsync(request.Http);
        CheckKind(request, node);
        await ResponseWriter.WriteObjectAsync(request, 201, writer.Create(request, node), clock);
    }

    private async Task UpdateAsync(RequestContext request)
    {
        var node = await BodyReader.ReadObjectAsync(request.Http);
        CheckKind(request, node);
        if (request.Type.IsCustom && node.Text("metadata", "resourceVersion") is null or "")
            throw ApiException.Invalid(request.Type, request.Info.Name, [FieldError.Invalid("metadata.resourceVersion", 0, "must be specified for an update")]);
        var (changed, _) = writer.Change(request, _ => (JsonObject)node.DeepClone());
        await FinishAsync(request, changed, created: false);
    }

    private async Task PatchAsync(RequestContext request)
    {
        var body = await BodyReader.ReadAsync(request.Http) ?? throw ApiException.BadRequest("the patch is empty");
        var media = BodyReader.MediaType(request.Http);
        if (media == "application/apply-patch+yaml" && request.Http.Request.Query["fieldManager"].Count == 0)
            throw new ApiException(422, "Invalid", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        if (media == "application/strategic-merge-patch+json" && request.Type.IsCustom)
            throw ApiException.UnsupportedMediaType("application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
        Func<JsonObject, JsonObject> change = (media, body) switch
        {
            ("application/merge-patch+json", JsonObject patch) => old => (JsonObject)MergePatch.Apply(old, patch)!,
            ("application/strategic-merge-patch+json", JsonObject patch) => old => StrategicMergePatch.Apply(old, patch),
            ("application/json-patch+json", JsonArray operations) => old => JsonPatch.Apply(old, operations),
            ("application/apply-patch+yaml", JsonObject applied) => old => ServerSideApply.Apply(request, old, applied, clock.GetUtcNow()),
            ("application/merge-patch+json" or "application/strategic-merge-patch+json" or "application/json-patch+json" or "application/apply-patch+yaml", _) =>
                throw ApiException.BadRequest("the patch has the wrong JSON type for its media type"),
            _ => throw ApiException.UnsupportedMediaType("application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml"),
        };
        var (changed, created) = writer.Change(request, change, createIfMissing: media == "application/apply-patch+yaml" && request.Info.Subresource.Length == 0);
        await FinishAsync(request, changed, created);
    }

    private Task FinishAsync(RequestContext request, JsonObject node, bool created)
    {
        reaper.Check(request, node);
        return ResponseWriter.WriteObjectAsync(request, created ? 201 : 200, node, clock);
    }

    private async Task DeleteAsync(RequestContext request)
    {
        var options = await BodyReader.ReadAsync(request.Http) as JsonObject;
        var (node, gone) = writer.Delete(request.ForDelete(options), request.Type.Key(request.Info.Namespace, request.Info.Name), options);
        if (!request.DryRun)
            reaper.Deleted(request, node);
        if (!gone || request.Type.Plural == "pods")
        {
            await ResponseWriter.WriteObjectAsync(request, 200, node, clock);
            return;
        }

        var details = new JsonObject { ["name"] = request.Info.Name };
        if (request.Type.Group.Length > 0)
            details["group"] = request.Type.Group;
        details["kind"] = request.Type.Plural;
        details["uid"] = node.Text("metadata", "uid");
        await ResponseWriter.WriteJsonAsync(request.Http, 200, new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        });
    }

    private async Task DeleteCollectionAsync(RequestContext request)
    {
        var options = await BodyReader.ReadAsync(request.Http) as JsonObject;
        var labels = LabelSelector.Parse(request.Http.Request.Query["labelSelector"]);
        var fields = FieldSelector.Parse(request.Http.Request.Query["fieldSelector"], request.Type);
        var prefix = request.Type.Namespaced && request.Info.Namespace.Length > 0 ? request.Info.Namespace + "/" : "";
        foreach (var (key, stored) in request.Type.Store.Objects)
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal) || labels?.Matches(stored.Node) == false || fields?.Matches(stored.Node) == false)
                continue;
            try
            {
                var (node, _) = writer.Delete(request.ForDelete(options), key, options);
                reaper.Deleted(request, node);
            }
            catch (ApiException e) when (e.Code == 404)
            {
                // Someone else was faster: what was asked for holds.
                continue;
            }
        }

        await lists.HandleAsync(request);
    }

    private static void CheckKind(RequestContext request, JsonObject node)
    {
        var expected = request.Type.ApiVersion(request.Version);
        node["kind"] ??= request.Type.Kind;
        node["apiVersion"] ??= expected;
        if (node.Text("kind") != request.Type.Kind)
            throw ApiException.BadRequest($"{node.Text("kind")} in version \"{request.Version}\" cannot be handled as a {request.Type.Kind}: no kind \"{node.Text("kind")}\" is registered for this resource");
        if (node.Text("apiVersion") != expected)
            throw ApiException.BadRequest($"the API version in the data ({node.Text("apiVersion")}) does not match the expected API version ({expected})");
    }
}
