// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig;

/// <summary>What a keepalived.conf may depend on beside its text.</summary>
public sealed record KeepalivedOptions
{
    /// <summary>What <c>@name</c> lines are compared with (keepalived -i): the host's name up to the first dot.</summary>
    public string ConfigId { get; init; } = "";

    /// <summary>What <c>${_INSTANCE}</c> stands for.</summary>
    public string HostName { get; init; } = "";

    /// <summary>Included files; null means that includes are reported as errors.</summary>
    public IConfigFiles? Files { get; init; }

    /// <summary>The whole path of a program named without one, or null; without it every program needs its path.</summary>
    public Func<string, string?>? FindProgram { get; init; }

    /// <summary>The most lines parameters and repetitions may make of the files.</summary>
    public int MostLines { get; init; } = 1_000_000;
}
