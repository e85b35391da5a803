// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.ApiServer.Authentication;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Resources;
using Microsoft.AspNetCore.Http;

namespace LoadBalancer.ApiServer.Http;

/// <summary>One request to a resource, resolved.</summary>
public sealed class RequestContext(HttpContext http, RequestInfo info, ResourceType type, UserIdentity user)
{
    public HttpContext Http { get; } = http;

    public RequestInfo Info { get; } = info;

    public ResourceType Type { get; } = type;

    public UserIdentity User { get; } = user;

    public string Version => Info.Version;

    public bool DryRun { get; private set; } = http.Request.Query["dryRun"].ToString() switch
    {
        "" => false,
        "All" => true,
        var other => throw ApiException.BadRequest($"dryRun: Unsupported value: \"{other}\": supported values: \"All\""),
    };

    public string FieldValidation { get; } = http.Request.Query["fieldValidation"].ToString() is { Length: > 0 } mode ? mode : "Warn";

    public string FieldManager { get; } = http.Request.Query["fieldManager"].ToString() is { Length: > 0 } manager
        ? manager
        : http.Request.Headers.UserAgent.ToString().Split('/')[0];

    /// <summary>Delete options may come in the body instead of the query.</summary>
    public RequestContext ForDelete(System.Text.Json.Nodes.JsonObject? options)
    {
        DryRun |= Json.JsonTree.Texts(options, "dryRun").Contains("All");
        return this;
    }

    public void Warn(string text) => Http.Response.Headers.Append("Warning", "299 - \"" + text.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"");
}
