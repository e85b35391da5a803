// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Vip;

/// <summary>A daemon on a host that takes part in the election of virtual routers, whoever wrote it.</summary>
public interface IVipNode
{
    LabHost Host { get; }

    /// <summary>The daemon; null before the first start.</summary>
    LabProcess? Process { get; }

    /// <summary>Starts the daemon with the configuration that was written for it.</summary>
    Task StartAsync(CancellationToken cancellation = default);

    /// <summary>State of each virtual router by its name there, as `master`; empty while nobody answers.</summary>
    Task<IReadOnlyDictionary<string, string>> StatesAsync(CancellationToken cancellation = default);
}
