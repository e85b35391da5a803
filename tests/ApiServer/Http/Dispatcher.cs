// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Authentication;
using LoadBalancer.ApiServer.Discovery;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Faults;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.OpenApi;
using LoadBalancer.ApiServer.Rbac;
using LoadBalancer.ApiServer.Resources;
using Microsoft.AspNetCore.Http;

namespace LoadBalancer.ApiServer.Http;

/// <summary>Every request comes through here: who asks, may they, does a fault strike, what answers.</summary>
public sealed class Dispatcher(
    ResourceRegistry registry,
    TokenAuthenticator tokens,
    CertificateAuthority authority,
    RbacAuthorizer authorizer,
    FaultInjector faults,
    ResourceHandler resources,
    ReviewHandler reviews,
    Func<HttpContext, Task> administer,
    TimeProvider clock)
{
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await RouteAsync(http);
        }
        catch (ApiException e)
        {
            await ResponseWriter.WriteStatusAsync(http, e);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or KeyNotFoundException)
        {
            // A tree of an unexpected shape: the real server answers a decoding error where this one trips later.
            await ResponseWriter.WriteStatusAsync(http, ApiException.BadRequest("the object provided cannot be handled: " + e.Message));
        }
    }

    private async Task RouteAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        var info = RequestInfo.Parse(path);
        var user = Identify(http);
        var verb = Verb(http, info);
        var access = info.IsResource
            ? new AccessRequest(verb, info.Group, info.Resource, info.Subresource, info.Namespace, info.Name)
            : new AccessRequest(http.Request.Method.ToLowerInvariant(), "", "", "", "", "", path);
        if (path.StartsWith("/__", StringComparison.Ordinal))
        {
            if (!user.Groups.Contains("system:masters"))
                throw Refusal(access, user);
            await administer(http);
            return;
        }

        if (faults.Take(access, user.Name) is { } struck && !await StrikeAsync(http, struck.Fault, struck.Released))
            return;
        if (!authorizer.Allows(user, access))
            throw Refusal(access, user);
        if (info.IsResource)
            await ResourceAsync(http, info, user, verb);
        else
            await PathAsync(http, path);
    }

    private async Task ResourceAsync(HttpContext http, RequestInfo info, UserIdentity user, string verb)
    {
        if (DiscoveryDocuments.Reviews.Any(r => r.Group == info.Group && r.Plural == info.Resource) && info.Version == "v1")
        {
            await (verb == "create" ? reviews.AnswerAsync(http, info, user) : throw ApiException.MethodNotAllowed());
            return;
        }

        var type = registry.Find(info.Group, info.Resource);
        if (type is null || !type.Versions.Contains(info.Version) || (!type.Namespaced && info.Namespace.Length > 0 && type.Plural != "namespaces"))
            throw ApiException.PathNotFound();
        if (type.Plural == "serviceaccounts" && info.Subresource == "token")
        {
            await (verb == "create" ? reviews.IssueTokenAsync(http, info) : throw ApiException.MethodNotAllowed());
            return;
        }

        var hasSubresource = info.Subresource.Length == 0 || (info.Subresource == "status" && type.HasStatus) || (info.Subresource == "finalize" && type.Plural == "namespaces");
        if (!hasSubresource)
            throw ApiException.PathNotFound();
        if (info.Subresource.Length > 0 && verb is "create" or "delete" && info.Subresource.Length > 0)
            throw ApiException.MethodNotAllowed();
        if (type.Namespaced && info.Namespace.Length == 0 && verb is not ("list" or "watch"))
            throw ApiException.MethodNotAllowed();
        await resources.HandleAsync(new RequestContext(http, info, type, user), verb);
    }

    private Task PathAsync(HttpContext http, string path)
    {
        var accept = http.Request.Headers.Accept.ToString();
        var aggregated = accept.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal) && accept.Contains("v=v2", StringComparison.Ordinal);
        var parts = path.Trim('/').Split('/');
        JsonNode? answer = parts switch
        {
            ["healthz" or "livez" or "readyz", ..] => null,
            ["version"] => Version(),
            ["api"] => aggregated ? DiscoveryDocuments.Aggregated(registry, core: true) : DiscoveryDocuments.CoreVersions(http.Request.Host.Value ?? ""),
            ["apis"] => aggregated ? DiscoveryDocuments.Aggregated(registry, core: false) : DiscoveryDocuments.GroupList(registry),
            ["api", "v1"] => DiscoveryDocuments.Resources(registry, "", "v1"),
            ["apis", var group] => DiscoveryDocuments.SingleGroup(registry, group),
            ["apis", var group, var version] => DiscoveryDocuments.Resources(registry, group, version),
            ["openapi", "v2"] when accept.Contains("protobuf", StringComparison.Ordinal) && !accept.Contains("json", StringComparison.Ordinal) => throw ApiException.NotAcceptable(),
            ["openapi", "v2"] => OpenApiDocuments.Version2(),
            ["openapi", "v3"] => OpenApiDocuments.Root(registry),
            ["openapi", "v3", "api", var version] => OpenApiDocuments.Document(registry, "", version),
            ["openapi", "v3", "apis", var group, var version] => OpenApiDocuments.Document(registry, group, version),
            [""] => new JsonObject { ["paths"] = new JsonArray("/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version") },
            _ => throw ApiException.PathNotFound(),
        };
        if (parts[0] is "healthz" or "livez" or "readyz")
            return http.Response.WriteAsync("ok", http.RequestAborted);
        if (answer is null)
            throw ApiException.PathNotFound();

        // Clients tell the aggregated form from the classic one by the content type alone.
        var isAggregated = aggregated && parts is ["api"] or ["apis"] && answer.Text("kind") == "APIGroupDiscoveryList";
        return ResponseWriter.WriteBytesAsync(http, 200, JsonTree.ToUtf8(answer), isAggregated ? "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" : "application/json");
    }

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "32",
        ["gitVersion"] = "v1.32.0",
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2024-12-11T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = "",
        ["platform"] = "linux/amd64",
    };

    private static string Verb(HttpContext http, RequestInfo info) => http.Request.Method switch
    {
        "GET" or "HEAD" when http.Request.Query["watch"].ToString() is "true" or "1" => "watch",
        "GET" or "HEAD" => info.Name.Length > 0 ? "get" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => info.Name.Length > 0 ? "delete" : "deletecollection",
        _ => throw ApiException.MethodNotAllowed(),
    };

    private static ApiException Refusal(AccessRequest access, UserIdentity user)
    {
        var details = new JsonObject();
        if (access.Name.Length > 0)
            details["name"] = access.Name;
        if (access.Group.Length > 0)
            details["group"] = access.Group;
        if (access.Resource.Length > 0)
            details["kind"] = access.Resource;
        var what = access.Path is not null
            ? "forbidden: "
            : $"{(access.Group.Length == 0 ? access.Resource : access.Resource + "." + access.Group)}{(access.Name.Length == 0 ? "" : " \"" + access.Name + '"')} is forbidden: ";
        return new ApiException(403, "Forbidden", what + access.Describe(user.Name), details);
    }

    private UserIdentity Identify(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return tokens.Authenticate(header[7..].Trim()) ?? throw ApiException.Unauthorized();
        if (http.Connection.ClientCertificate is not { } certificate)
            return UserIdentity.Anonymous;
        if (!authority.Trusts(certificate))
            throw ApiException.Unauthorized();
        var parts = certificate.SubjectName.EnumerateRelativeDistinguishedNames().ToLookup(p => p.GetSingleElementType().FriendlyName, p => p.GetSingleElementValue() ?? "");
        return new UserIdentity(parts["CN"].FirstOrDefault() ?? "", [.. parts["O"], "system:authenticated"]);
    }

    private async Task<bool> StrikeAsync(HttpContext http, Fault fault, CancellationToken released)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(released, http.RequestAborted);
        switch (fault.Kind)
        {
            case FaultKind.Hang:
                var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using (end.Token.Register(never.SetResult))
                    await never.Task;
                http.Abort();
                return false;
            case FaultKind.Delay:
                try
                {
                    await Task.Delay(fault.Delay, clock, end.Token);
                }
                catch (OperationCanceledException) when (released.IsCancellationRequested)
                {
                    return true;
                }

                return true;
            case FaultKind.LateAnswer:
                http.Response.OnStarting(() => Task.Delay(fault.Delay, clock, http.RequestAborted));
                return true;
            case FaultKind.Error:
                throw new ApiException(fault.Code, fault.Code == 500 ? "InternalError" : "ServiceUnavailable", "an injected failure");
            case FaultKind.TooManyRequests:
                throw new ApiException(429, "TooManyRequests", "Too many requests, please try again later.", new JsonObject { ["retryAfterSeconds"] = fault.RetryAfterSeconds }) { RetryAfterSeconds = fault.RetryAfterSeconds };
            case FaultKind.Garbage:
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("{\"kind\":\"\u0007<html>", http.RequestAborted);
                return false;
            case FaultKind.Abort:
                http.Abort();
                return false;
            default:
                throw new UnreachableException();
        }
    }
}
