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
        if (annotations.Count == 0)
            return null;
        (string current, string old) = Keys(name);
        if (annotations.TryGetValue(current, out string? value) && value.Length > 0)
            return value;
        legacy = annotations.TryGetValue(old, out value) && value.Length > 0;
        return legacy ? value : null;
    }

    // The keys are constants: this is asked several times for each Service that is decided.
    private static (string Current, string Legacy) Keys(string name) => name switch
    {
        AddressPool => (Prefix + AddressPool, LegacyPrefix + AddressPool),
        LoadBalancerIPs => (Prefix + LoadBalancerIPs, LegacyPrefix + LoadBalancerIPs),
        AllowSharedIP => (Prefix + AllowSharedIP, LegacyPrefix + AllowSharedIP),
        _ => (Prefix + name, LegacyPrefix + name),
    };
}
