// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Authentication;

/// <summary>Who asks.</summary>
public sealed record UserIdentity(string Name, IReadOnlyList<string> Groups)
{
    public static readonly UserIdentity Anonymous = new("system:anonymous", ["system:unauthenticated"]);

    public static readonly UserIdentity Admin = new("kubernetes-admin", ["system:masters", "system:authenticated"]);
}
