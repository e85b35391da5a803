// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Interop;

/// <summary>Tests of what fails, in a cluster of their own beside the other: nearly all of their time is waiting.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // a collection of tests is what it is
public sealed class FaultCollection : ICollectionFixture<BgpWorld>
#pragma warning restore CA1711
{
    public const string Name = "faults";
}
