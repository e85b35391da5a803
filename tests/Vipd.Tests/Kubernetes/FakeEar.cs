// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Kubernetes;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

/// <summary>Hears what it is told to; nothing at first, and that at once.</summary>
internal sealed class FakeEar : IRouterEar
{
    private volatile IReadOnlySet<int>? _numbers = new HashSet<int>();
    private volatile int _links;

    public IReadOnlySet<int>? Numbers { get => _numbers; set => _numbers = value; }

    public int Links => _links;

    public void Listen(ValueList<LocalLink> links) => _links = links.Count;

    public IReadOnlySet<int>? Heard(LocalLink link, IpFamily family, MonoTime now) => _numbers;
}
