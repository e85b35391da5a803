// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>One line after includes, conditions and parameters, and where it came from.</summary>
internal readonly record struct ConfLine(string Text, SourcePosition At);
