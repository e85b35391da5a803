// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Http;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;
using LoadBalancer.ApiServer.Storage;

namespace LoadBalancer.ApiServer.Lifecycle;

/// <summary>Stands in for the controllers a test cluster lacks: empties namespaces, follows owner references, and drops kinds with their definition.</summary>
public sealed class NamespaceReaper(ResourceRegistry registry, ObjectRules rules, TimeProvider clock)
{
    /// <summary>After a deletion was asked for: does what the cluster's controllers would do next.</summary>
    public void Deleted(RequestContext request, JsonObject node)
    {
        if (request.Type is { Plural: "namespaces", Group: "" })
            Empty(node.Text("metadata", "name") ?? "");
        else if (request.Type.Namespaced)
            Finish(request.Info.Namespace);
        if (request.Type.Store.Find(request.Type.Key(request.Info.Namespace, node.Text("metadata", "name") ?? "")) is null)
            Orphans(node);
    }

    /// <summary>After any write: one that took the last finalizer away may have been the last thing a namespace waited for.</summary>
    public void Check(RequestContext request, JsonObject node)
    {
        if (node.At("metadata", "deletionTimestamp") is null)
            return;
        if (request.Type.Namespaced)
            Finish(request.Info.Namespace);
        Orphans(node);
    }

    private void Empty(string ns)
    {
        foreach (var type in registry.Types.Where(t => t.Namespaced))
        {
            foreach (var key in type.Store.Objects.Keys.Where(k => k.StartsWith(ns + "/", StringComparison.Ordinal)))
                Remove(type, key);
        }

        Finish(ns);
    }

    private void Finish(string ns)
    {
        var namespaces = registry.Get("", "namespaces");
        if (namespaces.Store.Find(ns)?.Node.At("metadata", "deletionTimestamp") is null)
            return;
        if (registry.Types.Any(t => t.Namespaced && t.Store.Objects.Keys.Any(k => k.StartsWith(ns + "/", StringComparison.Ordinal))))
            return;
        namespaces.Store.Mutate(ns, old => old is null ? Mutation.Keep : Mutation.Remove(old.Copy()));
    }

    private void Orphans(JsonObject owner)
    {
        var uid = owner.Text("metadata", "uid") ?? "";
        var ns = owner.Text("metadata", "namespace");
        foreach (var type in registry.Types.Where(t => ns is null || t.Namespaced))
        {
            foreach (var (key, stored) in type.Store.Objects)
            {
                if (ns is not null && !key.StartsWith(ns + "/", StringComparison.Ordinal))
                    continue;
                if (HasOwner(stored, uid))
                    Remove(type, key);
            }
        }
    }

    private static bool HasOwner(StoredObject stored, string uid) =>
        stored.Bytes.AsSpan().IndexOf("\"ownerReferences\""u8) >= 0
        && stored.Node.List("metadata", "ownerReferences") is { Count: 1 } owners && owners[0].Text("uid") == uid;

    private void Remove(ResourceType type, string key) => type.Store.Mutate(key, old =>
    {
        if (old is null)
            return Mutation.Keep;
        var node = old.Copy();
        if (node.List("metadata", "finalizers") is not { Count: > 0 })
        {
            rules.Removed(type, node);
            return Mutation.Remove(node);
        }

        if (node.At("metadata", "deletionTimestamp") is not null)
            return Mutation.Keep;
        node.Child("metadata")["deletionTimestamp"] = JsonTree.Rfc3339(clock.GetUtcNow());
        return Mutation.Put(node);
    });
}
