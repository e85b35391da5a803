// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>The routes of one family and whoever gets them.</summary>
internal abstract class FamilyRib
{
    public abstract int Count { get; }

    public abstract bool Set(IpPrefix prefix, uint pathId, int offer);

    public abstract void AddPolicy();

    public abstract void SetLimit(int policy, int limit);

    public abstract FamilyMember Attach(ExportTerms terms, int policy);

    public abstract RouteState StateOf(PathPrefix route, FamilyMember? member);

    public abstract List<RibRoute> Snapshot(FamilyMember? member, int policy);
}
