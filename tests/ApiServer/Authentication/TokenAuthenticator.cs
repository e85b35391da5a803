// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;

namespace LoadBalancer.ApiServer.Authentication;

/// <summary>Static bearer tokens and the signed ServiceAccount tokens this server issues.</summary>
public sealed class TokenAuthenticator(ResourceRegistry registry, byte[] signingKey, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, UserIdentity> _static = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (UserIdentity User, DateTimeOffset Expires, string Uid)> _verified = new(StringComparer.Ordinal);

    public void Add(string token, UserIdentity user) => _static[token] = user;

    public UserIdentity? Authenticate(string token)
    {
        if (_static.TryGetValue(token, out var user))
            return user;
        if (!_verified.TryGetValue(token, out var known))
        {
            if (Verify(token) is not { } fresh)
                return null;
            if (_verified.Count > 10_000)
                _verified.Clear();
            _verified[token] = known = fresh;
        }

        if (known.Expires <= clock.GetUtcNow())
            return null;

        // A token dies with its ServiceAccount, also when one of the same name comes back.
        var parts = known.User.Name.Split(':');
        var account = registry.Get("", "serviceaccounts").Store.Find(parts[2] + "/" + parts[3]);
        return account is not null && account.Uid == known.Uid ? known.User : null;
    }

    public (string Token, DateTimeOffset Expires) Issue(string ns, string name, string uid, long seconds, JsonNode? audiences)
    {
        var now = clock.GetUtcNow();
        var expires = now.AddSeconds(seconds);
        var claims = new JsonObject
        {
            ["aud"] = audiences?.DeepClone() ?? new JsonArray("https://kubernetes.default.svc"),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = "https://kubernetes.default.svc",
            ["kubernetes.io"] = new JsonObject { ["namespace"] = ns, ["serviceaccount"] = new JsonObject { ["name"] = name, ["uid"] = uid } },
            ["sub"] = $"system:serviceaccount:{ns}:{name}",
        };
        var body = Encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"u8) + "." + Encode(JsonTree.ToUtf8(claims));
        return (body + "." + Sign(body), expires);
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private string Sign(string body) => Encode(HMACSHA256.HashData(signingKey, Encoding.UTF8.GetBytes(body)));

    private (UserIdentity User, DateTimeOffset Expires, string Uid)? Verify(string token)
    {
        var dot = token.LastIndexOf('.');
        if (dot < 0 || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(token[..dot])), Encoding.UTF8.GetBytes(token[(dot + 1)..])))
            return null;
        try
        {
            var claims = JsonTree.ParseObject(System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(0, dot)[(token.IndexOf('.', StringComparison.Ordinal) + 1)..]));
            var ns = claims.Text("kubernetes.io", "namespace") ?? "";
            return (
                new UserIdentity(claims.Text("sub") ?? "", ["system:serviceaccounts", "system:serviceaccounts:" + ns, "system:authenticated"]),
                DateTimeOffset.FromUnixTimeSeconds(claims.Whole("exp") ?? 0),
                claims.Text("kubernetes.io", "serviceaccount", "uid") ?? "");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
