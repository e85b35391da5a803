// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Storage;
using LoadBalancer.ApiServer.Tables;
using Microsoft.AspNetCore.Http;

namespace LoadBalancer.ApiServer.Http;

/// <summary>Answers in the form the client accepts: JSON, YAML refused, or a Table.</summary>
public static class ResponseWriter
{
    public static bool WantsTable(HttpContext http) => http.Request.Headers.Accept.ToString().Split(',')[0].Contains("as=Table", StringComparison.Ordinal);

    public static Task WriteStatusAsync(HttpContext http, ApiException error)
    {
        if (http.Response.HasStarted)
            return Task.CompletedTask;
        if (error.RetryAfterSeconds is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return WriteJsonAsync(http, error.Code, error.ToStatus());
    }

    public static Task WriteJsonAsync(HttpContext http, int code, JsonNode node) => WriteBytesAsync(http, code, JsonTree.ToUtf8(node));

    public static Task WriteBytesAsync(HttpContext http, int code, ReadOnlyMemory<byte> bytes, string contentType = "application/json")
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = bytes.Length;
        return http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    public static Task WriteObjectAsync(RequestContext request, int code, JsonObject node, TimeProvider clock)
    {
        if (WantsTable(request.Http) && node.Text("kind") == request.Type.Kind)
            return WriteJsonAsync(request.Http, code, TableBuilder.Build(request.Type, request.Version, [node], clock.GetUtcNow(), TableBuilder.IncludeObject(request.Http)));
        return WriteBytesAsync(request.Http, code, StoredObject.Serialize(node, request.Type.Kind, request.Type.ApiVersion(request.Version)));
    }
}
