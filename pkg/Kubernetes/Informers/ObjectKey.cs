// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Informers;

/// <summary>The name of an object within its kind. Namespace is empty for cluster-wide kinds.</summary>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    public static ObjectKey Of(ObjectMeta metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return new(metadata.Namespace ?? "", metadata.Name ?? "");
    }

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
