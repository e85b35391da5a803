// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config;

/// <summary>
/// A pool as L2Advertisements see it: by name and labels of the object that exists now, also when its spec is refused. So an
/// advertisement comes to the same pools in a process that knew an earlier version of the object and in one that did not.
/// </summary>
internal readonly record struct NamedPool(string Name, IReadOnlyDictionary<string, string> Labels, bool InForce);
