// SPDX-License-Identifier: Apache-2.0
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LoadBalancer.EndToEnd;

/// <summary>All tests share one lab: building it costs more than a test, and two controllers on one API server would both serve.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // a collection of tests is what it is
public sealed class WorldCollection : ICollectionFixture<World>
#pragma warning restore CA1711
{
    public const string Name = "world";
}
