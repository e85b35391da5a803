// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>
/// Every set of attributes that an offer or a peer's knowledge refers to, once, by a number from 1 on. A set that nothing
/// refers to any more is forgotten, with what was encoded of it.
/// </summary>
internal sealed class AttributeStore
{
    private readonly Dictionary<byte[], int> _ids = new(new OctetComparer());
    private readonly List<AttributeEncoder> _encoders = [];
    private Entry[] _entries = new Entry[16];
    private int _last;
    private int _free;

    public int Count => _ids.Count;

    public RouteAttributes this[int id] => _entries[id].Set!.Attributes;

    /// <summary>The number of a set, with one reference more.</summary>
    public int Acquire(AttributeSet set)
    {
        if (!_ids.TryGetValue(set.Octets, out int id))
        {
            id = _free;
            if (id != 0)
            {
                _free = _entries[id].NextFree;
            }
            else
            {
                id = ++_last;
                if (id == _entries.Length)
                {
                    Array.Resize(ref _entries, id * 2);
                }
            }

            _entries[id] = new() { Set = set };
            _ids.Add(set.Octets, id);
        }

        _entries[id].References++;
        return id;
    }

    public void AddReference(int id) => _entries[id].References++;

    public void Release(int id)
    {
        if (--_entries[id].References != 0)
        {
            return;
        }

        _ids.Remove(_entries[id].Set!.Octets);
        _entries[id] = new() { NextFree = _free };
        _free = id;
        foreach (AttributeEncoder encoder in _encoders)
        {
            encoder.Forget(id);
        }
    }

    /// <summary>What encodes for these terms, shared by all that encode alike.</summary>
    public AttributeEncoder Encoder(ExportTerms terms)
    {
        foreach (AttributeEncoder known in _encoders)
        {
            if (known.EncodesAs(terms))
            {
                return known;
            }
        }

        AttributeEncoder encoder = new(this, terms);
        _encoders.Add(encoder);
        return encoder;
    }

    private struct Entry
    {
        public AttributeSet? Set;
        public int References;
        public int NextFree;
    }
}
