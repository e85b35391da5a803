// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Authentication;
using LoadBalancer.ApiServer.Faults;
using LoadBalancer.ApiServer.Http;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Manifests;
using LoadBalancer.ApiServer.Patching;
using Microsoft.AspNetCore.Http;

namespace LoadBalancer.ApiServer;

/// <content>Objects put in place from inside the process.</content>
public sealed partial class EmbeddedApiServer
{
    /// <summary>Creates an object or merges it into the one that is there, as the administrator.</summary>
    public JsonObject Apply(JsonObject node)
    {
        var apiVersion = node.Text("apiVersion") ?? "";
        var kind = node.Text("kind") ?? "";
        var type = Registry.FindKind(apiVersion, kind) ?? throw new InvalidDataException($"no kind \"{kind}\" in \"{apiVersion}\" is served");
        var name = node.Text("metadata", "name") ?? "";
        var info = new RequestInfo
        {
            IsResource = true,
            Group = type.Group,
            Version = apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..],
            Resource = type.Plural,
            Namespace = type.Namespaced ? node.Text("metadata", "namespace") ?? "default" : "",
            Name = name,
        };
        var request = new RequestContext(new DefaultHttpContext(), info, type, UserIdentity.Admin);
        var copy = (JsonObject)node.DeepClone();
        return type.Store.Find(type.Key(info.Namespace, name)) is null
            ? _writer.Create(request, copy)
            : _writer.Change(request, old => (JsonObject)MergePatch.Apply(old, copy)!).Node;
    }

    /// <summary>The stored object, or null; the tree is for reading only.</summary>
    public JsonObject? Find(string group, string plural, string ns, string name)
    {
        var type = Registry.Find(group, plural);
        return type?.Store.Find(type.Key(ns, name))?.Node;
    }

    /// <summary>Applies every document of a YAML file, or of all YAML files under a directory, definitions and namespaces first.</summary>
    public async Task LoadManifestsAsync(string path, CancellationToken cancellationToken = default)
    {
        var files = Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*.y*ml", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) is not ("kustomization.yaml" or "kustomization.yml")).Order(StringComparer.Ordinal)
            : (IEnumerable<string>)[path];
        var documents = new List<(string File, JsonObject Node)>();
        foreach (var file in files)
        {
            foreach (var node in YamlTree.Parse(await File.ReadAllTextAsync(file, cancellationToken)))
            {
                if (node.Text("kind") is "List" && node.List("items") is { } items)
                    documents.AddRange(items.OfType<JsonObject>().Select(i => (file, i)));
                else
                    documents.Add((file, node));
            }
        }

        foreach (var (file, node) in documents.OrderBy(d => d.Node.Text("kind") switch { "Namespace" => 0, "CustomResourceDefinition" => 1, _ => 2 }))
        {
            try
            {
                Apply(node);
            }
            catch (Exception e) when (e is Errors.ApiException or InvalidDataException)
            {
                throw new InvalidDataException($"{file}: {node.Text("kind")} \"{node.Text("metadata", "name")}\": {e.Message}", e);
            }
        }
    }

    private void Bootstrap()
    {
        foreach (var ns in new[] { "default", "kube-system", "kube-public", "kube-node-lease" })
            EnsureExists(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } });
        var everything = new JsonArray("*");
        EnsureExists(new JsonObject
        {
            ["apiVersion"] = "rbac.authorization.k8s.io/v1",
            ["kind"] = "ClusterRole",
            ["metadata"] = new JsonObject { ["name"] = "cluster-admin" },
            ["rules"] = new JsonArray(
                new JsonObject { ["apiGroups"] = everything, ["resources"] = everything.DeepClone(), ["verbs"] = everything.DeepClone() },
                new JsonObject { ["nonResourceURLs"] = everything.DeepClone(), ["verbs"] = everything.DeepClone() }),
        });
        EnsureExists(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject { ["name"] = "kubernetes", ["namespace"] = "default", ["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" } },
            ["spec"] = new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443, ["targetPort"] = 6443 }) },
        });
    }

    private void EnsureExists(JsonObject node)
    {
        var type = Registry.FindKind(node.Text("apiVersion")!, node.Text("kind")!)!;
        if (type.Store.Find(type.Key(node.Text("metadata", "namespace") ?? "", node.Text("metadata", "name")!)) is null)
            Apply(node);
    }

    // For a server in another process: POST adds a fault, DELETE clears all; the verbs under /__watches and /__history act once.
    private async Task AdministerAsync(HttpContext http)
    {
        switch (http.Request.Path.Value, http.Request.Method)
        {
            case ("/__faults", "POST"):
                var node = await BodyReader.ReadObjectAsync(http);
                if (!Enum.TryParse<FaultKind>(node.Text("kind"), ignoreCase: true, out var kind))
                    throw Errors.ApiException.BadRequest($"kind: \"{node.Text("kind")}\" is no fault; use one of {string.Join(", ", Enum.GetNames<FaultKind>())}");
                Faults.Add(new Fault(kind)
                {
                    Verb = node.Text("verb"),
                    Resource = node.Text("resource"),
                    User = node.Text("user"),
                    Count = (int?)node.Whole("count"),
                    Delay = TimeSpan.FromMilliseconds(node.Whole("delayMilliseconds") ?? 1000),
                    RetryAfterSeconds = (int)(node.Whole("retryAfterSeconds") ?? 1),
                    Code = (int)(node.Whole("code") ?? 500),
                });
                break;
            case ("/__faults", "DELETE"):
                Faults.Clear();
                break;
            case ("/__watches", "DELETE"):
                DropWatches();
                break;
            case ("/__history", "DELETE"):
                CompactHistory();
                break;
            default:
                throw Errors.ApiException.PathNotFound();
        }

        await ResponseWriter.WriteJsonAsync(http, 200, new JsonObject { ["status"] = "Success" });
    }
}
