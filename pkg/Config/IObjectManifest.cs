// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config;

/// <summary>What the manifests of all kinds have in common. CreatedAt is in Unix seconds and decides who was first.</summary>
public interface IObjectManifest
{
    /// <summary>Namespace of the object.</summary>
    string Namespace { get; }

    /// <summary>Name of the object.</summary>
    string Name { get; }

    /// <summary>The generation of the spec that is judged.</summary>
    long Generation { get; }

    /// <summary>When the object was created, in Unix seconds.</summary>
    long CreatedAt { get; }
}
