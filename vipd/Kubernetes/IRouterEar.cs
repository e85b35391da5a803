// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>Which numbers of virtual routers are in use on the segments of this node, whoever uses them.</summary>
internal interface IRouterEar
{
    /// <summary>Listens on these interfaces and on no others; costs nothing where it does so already.</summary>
    void Listen(ValueList<LocalLink> links);

    /// <summary>Numbers heard lately; null while it has not listened there for long enough to tell.</summary>
    IReadOnlySet<int>? Heard(LocalLink link, IpFamily family, MonoTime now);
}
