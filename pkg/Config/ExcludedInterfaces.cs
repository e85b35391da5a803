// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config;

/// <summary>Interfaces that are never announced on unless the excludel2.yaml file says otherwise.</summary>
public static class ExcludedInterfaces
{
    /// <summary>Regular expressions on interface names, in force when no file is given.</summary>
    public static IReadOnlyList<string> Defaults { get; } =
    [
        "^docker.*", "^cbr.*", "^dummy.*", "^virbr.*", "^lxcbr.*", "^veth.*", "^lo$", "^cali.*", "^tunl.*", "^flannel.*", "^kube-ipvs.*",
        "^cni.*", "^nodelocaldns.*", "^lxc.*",
    ];
}
