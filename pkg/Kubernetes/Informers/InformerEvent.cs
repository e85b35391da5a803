// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Informers;

public enum InformerEventType
{
    Added,
    Updated,

    /// <summary>Item is the last state known.</summary>
    Deleted,

    /// <summary>Everything that existed when the informer started has been delivered. No object.</summary>
    Synced,
}

/// <summary>One change of the cache. Old is set for Updated only.</summary>
public readonly record struct InformerEvent<T>(InformerEventType Type, T? Item = null, T? Old = null)
    where T : class, IKubeObject;
