// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>A Service behind addresses, and what was made of it.</summary>
/// <param name="Prefix">Beginning of the names of its virtual servers.</param>
/// <param name="Service">The Service.</param>
/// <param name="Addresses">The addresses.</param>
/// <param name="Terms">How it is forwarded to.</param>
/// <param name="Names">The virtual servers that were made.</param>
/// <param name="Problem">What is missing; null when nothing is.</param>
internal sealed record ServiceFront(
    string Prefix, ObjectKey Service, IReadOnlyList<IpAddr> Addresses, ServiceServers.Terms Terms, IReadOnlyList<string> Names, string? Problem);
