// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Placement;

/// <summary>Whether a node can answer for an address on a segment, and why not: a line of the status.</summary>
public readonly record struct NodeVerdict(string Node, Ineligibility Ineligibility, int Score);
