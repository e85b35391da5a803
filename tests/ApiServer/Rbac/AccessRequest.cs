// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Rbac;

/// <summary>One question to the authorizer; a path is set for what is no resource.</summary>
public sealed record AccessRequest(string Verb, string Group, string Resource, string Subresource, string Namespace, string Name, string? Path = null)
{
    public string FullResource => Subresource.Length == 0 ? Resource : Resource + "/" + Subresource;

    /// <summary>The wording of the real server's refusal.</summary>
    public string Describe(string user)
    {
        if (Path is not null)
            return $"User \"{user}\" cannot {Verb} path \"{Path}\"";
        var scope = Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{Namespace}\"";
        return $"User \"{user}\" cannot {Verb} resource \"{FullResource}\" in API group \"{Group}\" {scope}";
    }
}
