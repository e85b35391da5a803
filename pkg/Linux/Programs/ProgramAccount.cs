// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace LoadBalancer.Linux.Programs;

/// <summary>Who a program runs as.</summary>
/// <param name="User">User id.</param>
/// <param name="Group">Primary group id.</param>
/// <param name="Groups">All group ids, the primary one among them.</param>
/// <param name="Name">For its environment; the number where there is no name.</param>
public sealed record ProgramAccount(uint User, uint Group, ImmutableArray<uint> Groups, string Name)
{
    /// <summary>Whether it may change anything.</summary>
    public bool IsRoot => User == 0;
}
