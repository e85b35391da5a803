// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>Numbers to be recorded, by the name of the VirtualIP.</summary>
/// <param name="Chosen">The numbers.</param>
/// <param name="WithoutOne">Those for which none was free.</param>
internal sealed record RouterIdChoice(SortedDictionary<string, int> Chosen, HashSet<string> WithoutOne);
