// SPDX-License-Identifier: Apache-2.0
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace LoadBalancer.Interop;

/// <summary>Tests of routers that keep the rules share one cluster: building it costs more than a test.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // a collection of tests is what it is
public sealed class WorldCollection : ICollectionFixture<BgpWorld>
#pragma warning restore CA1711
{
    public const string Name = "world";
}
