// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Ipam;

/// <summary>Annotations of a Service. The old prefix works as well; the new one wins.</summary>
public static class Annotations
{
    public const string Prefix = "metallb.io/";
    public const string LegacyPrefix = "metallb.universe.tf/";
    public const string AddressPool = "address-pool";
    public const string LoadBalancerIPs = "loadBalancerIPs";
    public const string AllowSharedIP = "allow-shared-ip";

    /// <summary>The full key the controller writes the pool's name under.</summary>
    public const string AllocatedFromPool = Prefix + "ip-allocated-from-pool";

    /// <summary>The value under either prefix, null when unset or empty.</summary>
    public static string? Find(IReadOnlyDictionary<string, string> annotations, string name, out bool legacy)
    {
        legacy = false;
        if (annotations.TryGetValue(Prefix + name, out string? value) && value.Length > 0)
            return value;
        legacy = annotations.TryGetValue(LegacyPrefix + name, out value) && value.Length > 0;
        return legacy ? value : null;
    }
}
