// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Http;

/// <summary>What a request path names.</summary>
public sealed record RequestInfo
{
    public bool IsResource { get; init; }

    public string Path { get; init; } = "";

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Name { get; init; } = "";

    public string Subresource { get; init; } = "";

    public static RequestInfo Parse(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var at = 0;
        var info = new RequestInfo { Path = path };
        if (parts.Length >= 3 && parts[0] == "api")
        {
            info = info with { Version = parts[1] };
            at = 2;
        }
        else if (parts.Length >= 4 && parts[0] == "apis")
        {
            info = info with { Group = parts[1], Version = parts[2] };
            at = 3;
        }
        else
        {
            return info;
        }

        // "watch" as a path prefix is the deprecated form and is not served.
        if (parts[at] == "namespaces" && parts.Length > at + 2 && parts[at + 2] is not ("status" or "finalize"))
        {
            info = info with { Namespace = parts[at + 1] };
            at += 2;
        }
        else if (parts[at] == "namespaces" && parts.Length > at + 1)
        {
            info = info with { Namespace = parts[at + 1] };
        }

        return info with
        {
            IsResource = true,
            Resource = parts[at],
            Name = parts.Length > at + 1 ? Uri.UnescapeDataString(parts[at + 1]) : "",
            Subresource = parts.Length > at + 2 ? parts[at + 2] : "",
        };
    }
}
