// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Manifests;
using LoadBalancer.ApiServer.Protobuf;
using Microsoft.AspNetCore.Http;

namespace LoadBalancer.ApiServer.Http;

/// <summary>Reads a request body of JSON or YAML.</summary>
public static class BodyReader
{
    private const int MaximumBytes = 3 * 1024 * 1024;

    public static string MediaType(HttpContext http) => (http.Request.ContentType ?? "application/json").Split(';')[0].Trim();

    public static async Task<JsonNode?> ReadAsync(HttpContext http)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        if (buffer.Length > MaximumBytes)
            throw new ApiException(413, "RequestEntityTooLarge", $"Request entity too large: limit is {MaximumBytes}");
        if (buffer.Length == 0)
            return null;
        if (MediaType(http) == ProtobufDecoder.MediaType)
        {
            return ProtobufDecoder.TryDecode(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), out var decoded)
                ? decoded
                : throw ApiException.UnsupportedMediaType("application/json, application/yaml");
        }

        try
        {
            if (MediaType(http) is "application/yaml" or "application/apply-patch+yaml" && buffer.GetBuffer()[0] != (byte)'{')
                return YamlTree.Parse(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)).FirstOrDefault();
            return JsonNode.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest("the object provided is unrecognized (must be of type " + "metav1.Object): couldn't get version/kind; json parse error: " + e.Message);
        }
    }

    public static async Task<JsonObject> ReadObjectAsync(HttpContext http)
    {
        if (MediaType(http) is not ("application/json" or "application/yaml" or ProtobufDecoder.MediaType))
            throw ApiException.UnsupportedMediaType("application/json, application/yaml");
        return await ReadAsync(http) as JsonObject ?? throw ApiException.BadRequest("the request body must be an object");
    }
}
