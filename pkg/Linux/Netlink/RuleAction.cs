// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Netlink;

/// <summary>What a rule does with what it matches (linux/fib_rules.h, FR_ACT_*).</summary>
public enum RuleAction : byte
{
    /// <summary>Looks in a table.</summary>
    Lookup = 1,

    /// <summary>Drops in silence.</summary>
    Blackhole = 6,

    /// <summary>Drops and says that the destination cannot be reached.</summary>
    Unreachable = 7,

    /// <summary>Drops and says that it is forbidden.</summary>
    Prohibit = 8,
}
