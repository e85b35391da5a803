// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Control;

/// <summary>Which way something is moved by hand.</summary>
internal enum FailoverDirection
{
    /// <summary>From this node to another.</summary>
    Away,

    /// <summary>To this node.</summary>
    Here,

    /// <summary>Priorities decide again.</summary>
    Release,
}

/// <summary>An operator's wish.</summary>
/// <param name="Name">The instance or sync group.</param>
/// <param name="Direction">Which way.</param>
/// <param name="To">Away: the node that is to have it, by its address; null for whoever is next.</param>
internal readonly record struct FailoverRequest(string Name, FailoverDirection Direction, IpAddr? To = null);

/// <summary>What became of it.</summary>
internal readonly record struct FailoverAnswer(bool Done, string Message);
