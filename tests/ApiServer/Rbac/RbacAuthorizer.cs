// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Authentication;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;
using LoadBalancer.ApiServer.Storage;

namespace LoadBalancer.ApiServer.Rbac;

/// <summary>Evaluates roles and bindings as stored; resolved rules are kept per user until any of the four kinds changes.</summary>
public sealed class RbacAuthorizer(ResourceRegistry registry)
{
    private const string Api = "rbac.authorization.k8s.io";
    private static readonly string[] PublicPaths = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
    private static readonly string[] DiscoveryPaths = ["/api", "/apis", "/openapi", "/healthz", "/livez", "/readyz", "/version"];
    private static readonly string[] SelfReviews = ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"];

    private readonly ConcurrentDictionary<string, Resolved> _cache = new(StringComparer.Ordinal);
    private readonly ResourceStore _roles = registry.Store(Api, "roles");
    private readonly ResourceStore _bindings = registry.Store(Api, "rolebindings");
    private readonly ResourceStore _clusterRoles = registry.Store(Api, "clusterroles");
    private readonly ResourceStore _clusterBindings = registry.Store(Api, "clusterrolebindings");

    public bool Allows(UserIdentity user, AccessRequest request)
    {
        if (user.Groups.Contains("system:masters"))
            return true;
        if (IsOpenToAll(user, request))
            return true;
        foreach (var (ns, rule) in Rules(user))
        {
            if ((ns.Length == 0 || ns == request.Namespace) && Covers(rule, request))
                return true;
        }

        return false;
    }

    /// <summary>What binds a user in a namespace (and cluster-wide), as SelfSubjectRulesReview shows it.</summary>
    public IEnumerable<JsonObject> RulesIn(UserIdentity user, string ns) =>
        Rules(user).Where(r => r.Namespace.Length == 0 || r.Namespace == ns).Select(r => r.Rule);

    private static bool IsOpenToAll(UserIdentity user, AccessRequest request)
    {
        if (request.Path is { } path)
        {
            if (PublicPaths.Contains(path))
                return true;
            return user != UserIdentity.Anonymous && request.Verb == "get" && DiscoveryPaths.Any(p => path == p || path.StartsWith(p + "/", StringComparison.Ordinal));
        }

        return user != UserIdentity.Anonymous && request.Verb == "create" && SelfReviews.Contains(request.Resource);
    }

    private static bool Covers(JsonObject rule, AccessRequest request)
    {
        if (!Has(rule, "verbs", request.Verb))
            return false;
        if (request.Path is { } path)
            return rule.Texts("nonResourceURLs").Any(url => url == "*" || url == path || (url.EndsWith('*') && path.StartsWith(url[..^1], StringComparison.Ordinal)));
        return Has(rule, "apiGroups", request.Group)
            && (Has(rule, "resources", request.FullResource) || (request.Subresource.Length > 0 && rule.Texts("resources").Contains("*/" + request.Subresource)))
            && (rule.List("resourceNames") is not { Count: > 0 } names || names.Any(n => n.Text() == request.Name));
    }

    private static bool Has(JsonObject rule, string field, string value) => rule.Texts(field).Any(v => v == "*" || v == value);

    private (string Namespace, JsonObject Rule)[] Rules(UserIdentity user)
    {
        var generation = _roles.Generation + _bindings.Generation + _clusterRoles.Generation + _clusterBindings.Generation;
        var id = user.Name + "|" + string.Join('|', user.Groups);
        if (_cache.TryGetValue(id, out var cached) && cached.Generation == generation)
            return cached.Rules;
        var rules = Resolve(user).ToArray();
        _cache[id] = new Resolved(generation, rules);
        return rules;
    }

    private IEnumerable<(string Namespace, JsonObject Rule)> Resolve(UserIdentity user)
    {
        foreach (var binding in _clusterBindings.Objects.Values.Where(b => Binds(b.Node, user, "")))
        {
            foreach (var rule in RoleRules(binding.Node, ""))
                yield return ("", rule);
        }

        foreach (var binding in _bindings.Objects.Values.Where(b => Binds(b.Node, user, b.Namespace)))
        {
            foreach (var rule in RoleRules(binding.Node, binding.Namespace))
                yield return (binding.Namespace, rule);
        }
    }

    private IEnumerable<JsonObject> RoleRules(JsonObject binding, string ns)
    {
        var name = binding.Text("roleRef", "name") ?? "";
        var role = binding.Text("roleRef", "kind") == "Role" ? _roles.Find(ns + "/" + name) : _clusterRoles.Find(name);
        return role?.Node.List("rules") is { } rules ? rules.OfType<JsonObject>() : [];
    }

    private static bool Binds(JsonObject binding, UserIdentity user, string ns) =>
        (binding.List("subjects") ?? []).Any(subject => subject.Text("kind") switch
        {
            "User" => subject.Text("name") == user.Name,
            "Group" => user.Groups.Contains(subject.Text("name") ?? ""),
            "ServiceAccount" => user.Name == $"system:serviceaccount:{subject.Text("namespace") ?? ns}:{subject.Text("name")}",
            _ => false,
        });

    private sealed record Resolved(long Generation, (string Namespace, JsonObject Rule)[] Rules);
}
