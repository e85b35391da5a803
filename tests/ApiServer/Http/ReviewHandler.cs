// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Authentication;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Rbac;
using LoadBalancer.ApiServer.Resources;
using Microsoft.AspNetCore.Http;

namespace LoadBalancer.ApiServer.Http;

/// <summary>Questions about tokens and rights, and TokenRequest.</summary>
public sealed class ReviewHandler(RbacAuthorizer authorizer, TokenAuthenticator tokens, ResourceRegistry registry)
{
    private const long ShortestSeconds = 600;
    private const long DefaultSeconds = 3600;

    /// <summary>Tests of expiry may ask for tokens shorter than the ten minutes the real server insists on.</summary>
    public bool AllowShortTokens { get; init; }

    public async Task AnswerAsync(HttpContext http, RequestInfo info, UserIdentity user)
    {
        var review = await BodyReader.ReadObjectAsync(http);
        switch (info.Resource)
        {
            case "tokenreviews":
                var found = tokens.Authenticate(review.Text("spec", "token") ?? "");
                review["status"] = found is null ? new JsonObject { ["authenticated"] = false } : new JsonObject { ["authenticated"] = true, ["user"] = Show(found) };
                break;
            case "selfsubjectreviews":
                review["status"] = new JsonObject { ["userInfo"] = Show(user) };
                break;
            case "selfsubjectrulesreviews":
                review["status"] = Rules(user, review.Text("spec", "namespace") ?? "");
                break;
            default:
                var subject = info.Resource == "selfsubjectaccessreviews" ? user : new UserIdentity(review.Text("spec", "user") ?? "", [.. review.Texts("spec", "groups")]);
                review["status"] = new JsonObject { ["allowed"] = authorizer.Allows(subject, Question(review)) };
                break;
        }

        review["metadata"] ??= new JsonObject();
        await ResponseWriter.WriteJsonAsync(http, 201, review);
    }

    public async Task IssueTokenAsync(HttpContext http, RequestInfo info)
    {
        var type = registry.Get("", "serviceaccounts");
        var account = type.Store.Find(info.Namespace + "/" + info.Name) ?? throw ApiException.NotFound(type, info.Name);
        var request = await BodyReader.ReadObjectAsync(http);
        var seconds = request.Whole("spec", "expirationSeconds") ?? DefaultSeconds;
        if (seconds < ShortestSeconds && !AllowShortTokens)
            throw new ApiException(422, "Invalid", $"TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: {seconds}: may not specify a duration less than 10 minutes");
        var (token, expires) = tokens.Issue(info.Namespace, info.Name, account.Uid, seconds, request.At("spec", "audiences"));
        request["kind"] = "TokenRequest";
        request["apiVersion"] = "authentication.k8s.io/v1";
        request.Child("metadata")["name"] = info.Name;
        request.Child("metadata")["namespace"] = info.Namespace;
        request.Child("spec")["expirationSeconds"] = seconds;
        request["status"] = new JsonObject { ["token"] = token, ["expirationTimestamp"] = JsonTree.Rfc3339(expires) };
        await ResponseWriter.WriteJsonAsync(http, 201, request);
    }

    private static AccessRequest Question(JsonObject review)
    {
        if (review.Map("spec", "nonResourceAttributes") is { } path)
            return new AccessRequest(path.Text("verb") ?? "", "", "", "", "", "", path.Text("path") ?? "");
        var asked = review.Map("spec", "resourceAttributes");
        return new AccessRequest(
            asked.Text("verb") ?? "",
            asked.Text("group") ?? "",
            asked.Text("resource") ?? "",
            asked.Text("subresource") ?? "",
            asked.Text("namespace") ?? "",
            asked.Text("name") ?? "");
    }

    private static JsonObject Show(UserIdentity user) =>
        new() { ["username"] = user.Name, ["groups"] = new JsonArray([.. user.Groups.Select(g => (JsonNode)g)]) };

    private JsonObject Rules(UserIdentity user, string ns)
    {
        var resources = new JsonArray();
        var paths = new JsonArray();
        foreach (var rule in authorizer.RulesIn(user, ns))
            (rule.ContainsKey("nonResourceURLs") ? paths : resources).Add(rule.DeepClone());
        return new JsonObject { ["resourceRules"] = resources, ["nonResourceRules"] = paths, ["incomplete"] = false };
    }
}
