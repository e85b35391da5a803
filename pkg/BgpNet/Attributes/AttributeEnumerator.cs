// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>Walks the attributes of an UPDATE that count: the first of each type, without those that were discarded.</summary>
public ref struct AttributeEnumerator
{
    private AttributeTypeSet _passed;
    private SpanReader _reader;
    private PathAttribute _current;

    internal AttributeEnumerator(ReadOnlySpan<byte> attributes, AttributeTypeSet discarded)
    {
        _reader = new(attributes);
        _passed = discarded;
    }

    /// <summary>The attribute reached.</summary>
    public readonly PathAttribute Current => _current;

    /// <summary>Itself, for foreach.</summary>
    public readonly AttributeEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next attribute.</summary>
    public bool MoveNext()
    {
        SpanReader reader = _reader;
        bool found;
        do
        {
            found = PathAttribute.TryRead(ref reader, out _current, out _);
        }
        while (found && !_passed.Add(_current.Type));
        _reader = reader;
        return found;
    }
}
