// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Rib;

/// <summary>
/// Messages encoded once for several peers, and what these peers knew of each route before: so long as some have not taken a
/// message, it can be undone for them.
/// </summary>
internal sealed class EncodedBlock
{
    /// <summary>Octets of messages: one of the longest fits.</summary>
    public const int Capacity = 1 << 16;

    private readonly List<Part> _messages = [];
    private readonly List<(int Slot, int Known)> _routes = [];

    public byte[] Octets { get; } = new byte[Capacity];

    /// <summary>How many peers have not taken all of it.</summary>
    public int Remaining { get; set; }

    public int MessageCount => _messages.Count;

    public ReadOnlySpan<(int Slot, int Known)> Routes => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_routes);

    public void AddRoute(int slot, int known) => _routes.Add((slot, known));

    /// <summary>Ends a message whose routes have been added.</summary>
    public void EndMessage(int end, bool withdraws) => _messages.Add(new(end, _routes.Count, withdraws));

    public ReadOnlySpan<byte> Message(int index) => Octets.AsSpan(Start(index), _messages[index].End - Start(index));

    public bool Withdraws(int index) => _messages[index].Withdraws;

    public ReadOnlySpan<(int Slot, int Known)> RoutesOf(int message) =>
        Routes[(message == 0 ? 0 : _messages[message - 1].RoutesEnd).._messages[message].RoutesEnd];

    public void Clear()
    {
        _messages.Clear();
        _routes.Clear();
    }

    private int Start(int message) => message == 0 ? 0 : _messages[message - 1].End;

    private readonly record struct Part(int End, int RoutesEnd, bool Withdraws);
}
