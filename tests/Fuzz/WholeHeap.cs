// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Fuzz;

/// <summary>Tests that measure the heap run alone.</summary>
[CollectionDefinition(nameof(WholeHeap), DisableParallelization = true)]
public sealed class WholeHeap;
