// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Nftables;

/// <summary>What came of a transaction.</summary>
/// <param name="IsDone">All of it was done; otherwise none of it.</param>
/// <param name="Output">What was listed.</param>
/// <param name="Error">Why not, with what to do; empty when it was done.</param>
public readonly record struct NftResult(bool IsDone, string Output, string Error);
