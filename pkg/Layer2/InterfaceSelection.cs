// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>
/// Which interfaces may announce. The exclusions match anywhere in the name unless anchored; they are compiled once,
/// with <see cref="RegexOptions.NonBacktracking"/>, since a user wrote them.
/// </summary>
public sealed class InterfaceSelection
{
    private readonly Regex[] _exclusions;

    /// <summary>A selection with these exclusions.</summary>
    /// <exception cref="ArgumentException">An exclusion may backtrack.</exception>
    public InterfaceSelection(params IEnumerable<Regex> exclusions)
    {
        _exclusions = [.. exclusions];
        foreach (Regex exclusion in _exclusions)
        {
            if ((exclusion.Options & RegexOptions.NonBacktracking) == 0)
            {
                throw new ArgumentException($"exclusion '{exclusion}' is compiled with backtracking", nameof(exclusions));
            }
        }
    }

    /// <summary>Whether the interface may announce, or the first reason why not. It needs no address of its own.</summary>
    public InterfaceVerdict Judge(LinkFacts link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return link.IsLoopback ? InterfaceVerdict.Loopback
            : !link.IsUp ? InterfaceVerdict.Down
            : !link.IsRunning ? InterfaceVerdict.NotRunning
            : !link.IsBroadcast ? InterfaceVerdict.NoBroadcast
            : link.IsNoArp ? InterfaceVerdict.NoArp
            : link.MasterIndex != 0 ? InterfaceVerdict.HasMaster
            : IsExcluded(link.Name) ? InterfaceVerdict.ExcludedByName
            : link.Mac.IsZero || link.Mac.IsMulticast ? InterfaceVerdict.NoHardwareAddress
            : InterfaceVerdict.Eligible;
    }

    /// <summary>The facts an announcing interface works from; false when it may not announce.</summary>
    public bool TrySelect(LinkFacts link, [NotNullWhen(true)] out InterfaceFacts? facts)
    {
        ArgumentNullException.ThrowIfNull(link);
        facts = Judge(link) == InterfaceVerdict.Eligible ? new(link.Index, link.Name, link.Mac, LinkLocalOf(link)) : null;
        return facts is not null;
    }

    /// <summary>Whether the interface has a prefix that contains the address: clients on its segment resolve it there.</summary>
    public static bool HasPrefixOf(LinkFacts link, IpAddr address)
    {
        ArgumentNullException.ThrowIfNull(link);
        foreach (InterfaceAddress own in link.Addresses)
        {
            if (own.Prefix.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsExcluded(string name)
    {
        foreach (Regex exclusion in _exclusions)
        {
            if (exclusion.IsMatch(name))
            {
                return true;
            }
        }

        return false;
    }

    private static IpAddr? LinkLocalOf(LinkFacts link)
    {
        foreach (InterfaceAddress own in link.Addresses)
        {
            if (own.Address.IsIPv6 && own.Address.IsLinkLocal && !own.IsTentative)
            {
                return own.Address;
            }
        }

        return null;
    }
}
