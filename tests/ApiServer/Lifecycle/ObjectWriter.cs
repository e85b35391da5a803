// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Http;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;
using LoadBalancer.ApiServer.Storage;

namespace LoadBalancer.ApiServer.Lifecycle;

/// <summary>The write verbs on one object: what is set by the server, what may change through which door, and when nothing changed.</summary>
public sealed class ObjectWriter(ResourceRegistry registry, ObjectRules rules, TimeProvider clock, Random random)
{
    private const string Suffix = "bcdfghjklmnpqrstvwxz2456789";
    private readonly Lock _randomGate = new();

    public JsonObject Create(RequestContext request, JsonObject node)
    {
        var type = request.Type;
        var metadata = node.Child("metadata");
        CheckNamespace(request, metadata);
        if (metadata.Text("resourceVersion") is not (null or "" or "0"))
            throw ApiException.BadRequest("resourceVersion should not be set on objects to be created");
        if (metadata.Text("name") is null or "" && metadata.Text("generateName") is { Length: > 0 } prefix)
            metadata["name"] = prefix + NewSuffix();
        if (type.Namespaced)
            CheckNamespaceLives(request, metadata.Text("name") ?? "");
        foreach (var field in new[] { "uid", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "generation" })
            metadata.Remove(field);
        metadata["uid"] = NewUid();
        metadata["creationTimestamp"] = JsonTree.Rfc3339(clock.GetUtcNow());
        if (type.HasGeneration)
            metadata["generation"] = 1;
        if (!type.KeepsStatusOnCreate)
            node.Remove("status");
        if (type is { Plural: "services", Group: "" })
            node["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        var name = metadata.Text("name") ?? "";
        JsonObject? preview = null;
        var stored = type.Store.Mutate(type.Key(request.Info.Namespace, name), old =>
        {
            if (old is not null)
                throw ApiException.AlreadyExists(type, name);
            rules.Apply(request, node, null);
            Normalize(request, node);
            if (!request.DryRun)
                return Mutation.Put(node);
            preview = node;
            return Mutation.Keep;
        });
        return preview ?? stored!.Node;
    }

    /// <summary>Update and patch: <paramref name="change"/> gets a copy of the stored object and returns what is wanted.</summary>
    public (JsonObject Node, bool Created) Change(RequestContext request, Func<JsonObject, JsonObject> change, bool createIfMissing = false)
    {
        var type = request.Type;
        var name = request.Info.Name;
        var key = type.Key(request.Info.Namespace, name);
        if (createIfMissing && type.Store.Find(key) is null)
            return (Create(request, change([])), true);
        JsonObject? preview = null;
        var stored = type.Store.Mutate(key, old =>
        {
            if (old is null)
                throw ApiException.NotFound(type, name);
            var wanted = change(old.Copy());
            var metadata = wanted.Child("metadata");
            CheckNamespace(request, metadata);
            if (metadata.Text("name") is { } given && given != name)
                throw ApiException.BadRequest($"the name of the object ({given}) does not match the name on the URL ({name})");
            metadata["name"] = name;
            if (metadata.Text("uid") is { Length: > 0 } uid && uid != old.Uid)
                throw ApiException.Conflict(type, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Uid}");
            if (metadata.Text("resourceVersion") is { Length: > 0 } version && version != "0" && version != old.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture))
                throw ApiException.Conflict(type, name);
            KeepServerFields(request, wanted, old.Node);
            rules.Apply(request, wanted, old.Node);
            Normalize(request, wanted);
            Bump(type, wanted, old.Node);
            if (request.DryRun)
            {
                preview = wanted;
                return Mutation.Keep;
            }

            if (metadata["deletionTimestamp"] is not null && metadata.List("finalizers") is not { Count: > 0 } && !IsTerminating(type, wanted))
            {
                rules.Removed(type, wanted);
                return Mutation.Remove(wanted);
            }

            return Same(wanted, old.Node) ? Mutation.Keep : Mutation.Put(wanted);
        });
        return (preview ?? stored!.Node, false);
    }

    public (JsonObject Node, bool Gone) Delete(RequestContext request, string key, JsonObject? options)
    {
        var type = request.Type;
        var gone = false;
        var name = key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var stored = type.Store.Mutate(key, old =>
        {
            if (old is null)
                throw ApiException.NotFound(type, name);
            if (options.Text("preconditions", "uid") is { } uid && uid != old.Uid)
                throw ApiException.Conflict(type, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Uid}");
            if (options.Text("preconditions", "resourceVersion") is { } version && version != old.Node.Text("metadata", "resourceVersion"))
                throw ApiException.Conflict(type, name, $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {old.Revision}");
            if (request.DryRun)
                return Mutation.Keep;
            var node = old.Copy();
            var metadata = node.Child("metadata");
            if (metadata.List("finalizers") is { Count: > 0 } || IsTerminating(type, node))
            {
                if (type.Plural == "namespaces")
                    node.Child("status")["phase"] = "Terminating";
                if (metadata["deletionTimestamp"] is not null)
                    return Mutation.Keep;
                metadata["deletionTimestamp"] = JsonTree.Rfc3339(clock.GetUtcNow());
                metadata["deletionGracePeriodSeconds"] = 0;
                return Mutation.Put(node);
            }

            gone = true;
            rules.Removed(type, node);
            return Mutation.Remove(node);
        });
        return (stored!.Node, gone);
    }

    public string NewUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_randomGate)
            random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private static bool Same(JsonObject wanted, JsonObject old)
    {
        wanted.Child("metadata")["resourceVersion"] = old.Text("metadata", "resourceVersion");
        return JsonNode.DeepEquals(wanted, old);
    }

    // A namespace goes when its contents are gone; the spec finalizer "kubernetes" says so.
    private static bool IsTerminating(ResourceType type, JsonObject node) =>
        type is { Plural: "namespaces", Group: "" } && node.List("spec", "finalizers") is { Count: > 0 };

    private static void Bump(ResourceType type, JsonObject node, JsonObject old)
    {
        if (!type.HasGeneration)
            return;
        var metadata = node.Child("metadata");
        var generation = old.Whole("metadata", "generation") ?? 1;
        var changed = metadata["deletionTimestamp"] is not null && old.At("metadata", "deletionTimestamp") is null;
        foreach (var field in node.Select(p => p.Key).Union(old.Select(p => p.Key)))
        {
            if (field is not ("metadata" or "kind" or "apiVersion") && !(field == "status" && type.HasStatus))
                changed |= !JsonNode.DeepEquals(node[field], old[field]);
        }

        metadata["generation"] = changed ? generation + 1 : generation;
    }

    private static void KeepServerFields(RequestContext request, JsonObject wanted, JsonObject old)
    {
        var type = request.Type;
        var metadata = wanted.Child("metadata");
        foreach (var field in new[] { "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "namespace", "generateName" })
        {
            if (old.At("metadata", field) is { } value)
                metadata[field] = value.DeepClone();
            else
                metadata.Remove(field);
        }

        if (request.Info.Subresource is "status" or "finalize")
        {
            var keep = request.Info.Subresource == "finalize" ? "spec" : "status";
            // Who owns what is the server's own note: it goes along with a status where no other metadata does.
            var owners = metadata["managedFields"]?.DeepClone();
            foreach (var (field, value) in old.ToArray())
            {
                if (field != keep && !(field == "metadata" && !type.IsCustom))
                    wanted[field] = value?.DeepClone();
            }

            foreach (var field in wanted.Select(p => p.Key).Where(k => k != keep && k != "metadata" && !old.ContainsKey(k)).ToArray())
                wanted.Remove(field);
            if (owners is not null)
                wanted.Child("metadata")["managedFields"] = owners;
        }
        else if (type.HasStatus)
        {
            if (old["status"] is { } status)
                wanted["status"] = status.DeepClone();
            else
                wanted.Remove("status");
        }
    }

    private static void Normalize(RequestContext request, JsonObject node)
    {
        node["kind"] = request.Type.Kind;
        node["apiVersion"] = request.Type.ApiVersion(request.Type.StorageVersion);
        var metadata = node.Child("metadata");
        foreach (var field in new[] { "labels", "annotations", "finalizers", "ownerReferences", "managedFields" })
        {
            if (metadata[field] is JsonObject { Count: 0 } or JsonArray { Count: 0 } || (metadata.ContainsKey(field) && metadata[field] is null))
                metadata.Remove(field);
        }
    }

    private static void CheckNamespace(RequestContext request, JsonObject metadata)
    {
        if (!request.Type.Namespaced)
        {
            metadata.Remove("namespace");
            return;
        }

        if (metadata.Text("namespace") is { Length: > 0 } given && given != request.Info.Namespace)
            throw ApiException.BadRequest($"the namespace of the provided object does not match the namespace sent on the request");
        metadata["namespace"] = request.Info.Namespace;
    }

    private void CheckNamespaceLives(RequestContext request, string name)
    {
        var namespaces = registry.Get("", "namespaces");
        var ns = request.Info.Namespace;
        if (namespaces.Store.Find(ns) is not { } found)
            throw ApiException.NotFound(namespaces, ns);
        if (found.Node.Text("status", "phase") == "Terminating")
            throw ApiException.Forbidden(request.Type, name, $"unable to create new content in namespace {ns} because it is being terminated");
    }

    private string NewSuffix()
    {
        lock (_randomGate)
            return string.Create(5, random, static (span, source) =>
            {
                foreach (ref var c in span)
                    c = Suffix[source.Next(Suffix.Length)];
            });
    }
}
