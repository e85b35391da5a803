// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config;

/// <summary>An accepted object, known by where it stands and what it is called.</summary>
public interface INamedObject
{
    /// <summary>Namespace of the object.</summary>
    string Namespace { get; }

    /// <summary>Name of the object.</summary>
    string Name { get; }
}
