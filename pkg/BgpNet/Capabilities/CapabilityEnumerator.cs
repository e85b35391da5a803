// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>
/// Walks the capabilities of an OPEN over all its optional parameters, whether a peer put them into one or each into its
/// own. The octets have been checked by <see cref="Messages.OpenMessage"/>.
/// </summary>
public ref struct CapabilityEnumerator
{
    private readonly bool _extended;
    private SpanReader _parameters;
    private SpanReader _capabilities;
    private Capability _current;

    internal CapabilityEnumerator(ReadOnlySpan<byte> parameters, bool extended)
    {
        _parameters = new(parameters);
        _extended = extended;
    }

    /// <summary>The capability reached.</summary>
    public readonly Capability Current => _current;

    /// <summary>Itself, for foreach.</summary>
    public readonly CapabilityEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next capability.</summary>
    public bool MoveNext()
    {
        SpanReader parameters = _parameters;
        SpanReader capabilities = _capabilities;
        bool found;
        while (!(found = Capability.TryRead(ref capabilities, out _current))
            && OpenParameter.TryRead(ref parameters, _extended, out _, out capabilities))
        {
        }

        _parameters = parameters;
        _capabilities = capabilities;
        return found;
    }
}
