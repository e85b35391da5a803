// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Attributes;

/// <summary>The prefixes of up to four lists of one message, walked as one.</summary>
public readonly ref struct RouteList
{
    private readonly PrefixList _first;
    private readonly PrefixList _second;
    private readonly PrefixList _third;
    private readonly PrefixList _fourth;

    internal RouteList(PrefixList first, PrefixList second, PrefixList third = default, PrefixList fourth = default)
    {
        _first = first;
        _second = second;
        _third = third;
        _fourth = fourth;
    }

    /// <summary>Whether there is no prefix.</summary>
    public bool IsEmpty => _first.IsEmpty && _second.IsEmpty && _third.IsEmpty && _fourth.IsEmpty;

    /// <summary>Walks the prefixes.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Walks the prefixes of the lists.</summary>
    public ref struct Enumerator
    {
        private readonly RouteList _lists;
        private PrefixList.Enumerator _prefixes;
        private int _next;

        internal Enumerator(RouteList lists)
        {
            _lists = lists;
            _prefixes = lists._first.GetEnumerator();
            _next = 1;
        }

        /// <summary>The prefix reached.</summary>
        public readonly PathPrefix Current => _prefixes.Current;

        /// <summary>Goes to the next prefix.</summary>
        public bool MoveNext()
        {
            while (!_prefixes.MoveNext())
            {
                if (_next == 4)
                {
                    return false;
                }

                PrefixList list = _next == 1 ? _lists._second : _next == 2 ? _lists._third : _lists._fourth;
                _prefixes = list.GetEnumerator();
                _next++;
            }

            return true;
        }
    }
}
