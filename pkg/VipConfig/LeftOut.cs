// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig;

/// <summary>An object that does not run although it is written: its path (<c>instances.web</c>), and why, in words.</summary>
public readonly record struct LeftOut(string Path, string Why)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path} {Why}";
}
