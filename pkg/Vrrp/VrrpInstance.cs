// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>
/// One virtual router on one node (RFC 3768, 5798, 9568): no socket, no thread, no clock. It begins in Initialize and runs
/// once it is started and has an address to send from.
/// <para>How a driver uses it. One thread owns all instances, their sockets and their deadlines. Its loop: wait for a socket or
/// the earliest <see cref="NextDeadline"/>; first read all messages that are there and step them, then give
/// <see cref="VrrpEvent.Timer"/> to whose deadline has come. That order matters: after the process stood still, what arrived
/// in time is seen before a timer calls the master dead. After every step the deadline may be another. A process that was not
/// scheduled for a master-down interval lets the addresses go before it sends, whatever the input is that wakes it.</para>
/// <para>A step allocates nothing, but for the first message of each new peer, the first discard, and Configure.</para>
/// </summary>
public sealed partial class VrrpInstance
{
    private IpAddr _source;
    private MonoTime _deadline = MonoTime.Never;
    private MonoTime _resumeUntil;
    private VrrpHolds _holds = VrrpHolds.NotStarted | VrrpHolds.NoSource;
    private ushort _masterCentiseconds;
    private byte _priority;
    private byte _prefixLength;
    private byte[] _message;
    private VrrpCounters _counters;

    /// <summary>An instance that is not started.</summary>
    /// <exception cref="ArgumentException">The parameters have errors.</exception>
    public VrrpInstance(VrrpKey key, VrrpParameters parameters)
    {
        Require(key, parameters);
        Key = key;
        Parameters = parameters;
        _priority = parameters.Priority;
        _masterCentiseconds = (ushort)parameters.Centiseconds;
        _message = Template(parameters);
    }

    /// <summary>Where it is.</summary>
    public VrrpKey Key { get; }

    /// <summary>What is configured.</summary>
    public VrrpParameters Parameters { get; private set; }

    /// <summary>Its state.</summary>
    public VrrpState State { get; private set; }

    /// <summary>When it reached its state.</summary>
    public MonoTime Since { get; private set; }

    /// <summary>Why it reached its state.</summary>
    public VrrpReason Reason { get; private set; }

    /// <summary>What keeps it in Initialize.</summary>
    public VrrpHolds Holds => _holds;

    /// <summary>It is Backup, would be Master, and waits for its sync group.</summary>
    public bool WantsMaster { get; private set; }

    /// <summary>The priority it goes by: weighted, or 254 while an operator's claim lasts.</summary>
    public byte EffectivePriority => _manual == ManualMode.Claimed && !Parameters.IsOwner ? VrrpWire.MaxPriority : _priority;

    /// <summary>The master that a backup follows; null before one was heard.</summary>
    public IpAddr? MasterAddress => State == VrrpState.Backup && _hasMaster ? _master : null;

    /// <summary>Interval of the master: our own, or with version 3 what it advertises.</summary>
    public TimeSpan MasterInterval => VrrpParameters.Span(_masterCentiseconds);

    /// <summary>How much earlier a higher priority takes over (RFC 3768 6.1, RFC 9568 6.1).</summary>
    public TimeSpan SkewTime => SkewOf(EffectivePriority, _masterCentiseconds);

    /// <summary>Silence after which a backup takes over (RFC 3768 6.1, RFC 9568 6.1).</summary>
    public TimeSpan MasterDownInterval => (MasterInterval * Parameters.Policy.DownAdvertisements) + SkewTime;

    /// <summary>
    /// Age of its last advertisement at which a master lets go, because a backup of priority 254 would take over then.
    /// </summary>
    public TimeSpan FenceAfter =>
        (Parameters.Interval * Parameters.Policy.DownAdvertisements) + SkewOf(VrrpWire.MaxPriority, Parameters.Centiseconds);

    /// <summary>When to give it <see cref="VrrpEvent.Timer"/>; Never: it waits for something else.</summary>
    public MonoTime NextDeadline => MonoTime.Min(MonoTime.Min(_deadline, _announceAt), MonoTime.Min(_farewellAt, _yieldUntil));

    /// <summary>Whether a master takes what is sent to the addresses, rather than only forward it (RFC 9568 6.1).</summary>
    public bool AcceptsTraffic => Parameters.IsOwner || Parameters.Policy.AcceptMode;

    /// <summary>What it has done.</summary>
    public VrrpCounters Counters => _counters;

    /// <summary>The address it sends from; unspecified while it has none. Who is heard from there is itself, or has taken its address.</summary>
    public IpAddr Source => _source;

    /// <summary>The nodes it has heard, at most 16.</summary>
    public ReadOnlySpan<VrrpPeer> Peers => _peers is null ? default : _peers.All;

    /// <summary>Messages discarded for this reason.</summary>
    public long Discarded(VrrpDiscard reason) => _discards is null ? 0 : _discards[(int)reason];

    /// <summary>
    /// Takes one input at one instant. What it returns matters for messages only: why one was not acted on.
    /// </summary>
    public VrrpDiscard Step(scoped in VrrpEvent input, MonoTime now, IVrrpSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        CheckFence(now, sink);
        switch (input.Kind)
        {
            case VrrpEventKind.Timer:
                OnTimer(now, sink);
                break;
            case VrrpEventKind.Received:
                return Receive(input.Packet, input.Arrival, now, sink);
            case VrrpEventKind.Start:
                OnStart(input, now, sink);
                break;
            case VrrpEventKind.Stop:
                SetHold(VrrpHolds.NotStarted, true, VrrpReason.Stopped, now, sink);
                break;
            case VrrpEventKind.Source:
                _source = Checked(input.Address);
                _prefixLength = input.Number;
                SetHold(VrrpHolds.NoSource, false, default, now, sink);
                break;
            case VrrpEventKind.SourceLost:
                SetHold(VrrpHolds.NoSource, true, VrrpReason.SourceLost, now, sink);
                break;
            case VrrpEventKind.Fault:
                SetHold(VrrpHolds.Fault, input.IsOn, VrrpReason.Faulted, now, sink);
                break;
            case VrrpEventKind.GroupFault:
                SetHold(VrrpHolds.GroupFault, input.IsOn, VrrpReason.GroupFaulted, now, sink);
                break;
            case VrrpEventKind.Maintenance:
                SetHold(VrrpHolds.Maintenance, input.IsOn, VrrpReason.Maintenance, now, sink);
                break;
            case VrrpEventKind.Priority:
                SetPriority(input.Number);
                break;
            case VrrpEventKind.Configure:
                Configure(input.Parameters!, input.Number, now, sink);
                break;
            case VrrpEventKind.Yield:
                OnYield(input, now, sink);
                break;
            case VrrpEventKind.Claim:
                OnClaim(now, sink);
                break;
            case VrrpEventKind.Release:
                OnRelease(now);
                break;
            case VrrpEventKind.Promote:
                React(VrrpInput.Promote, VrrpReason.GroupPromoted, now, sink);
                break;
            case VrrpEventKind.Demote:
                React(VrrpInput.Demote, VrrpReason.GroupDemoted, now, sink);
                break;
            case VrrpEventKind.SendFailed:
                OnSendFailed();
                break;
            default:
                throw new UnreachableException();
        }

        return VrrpDiscard.None;
    }

    private static void Require(VrrpKey key, VrrpParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        IReadOnlyList<string> errors = parameters.Errors();
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", errors), nameof(parameters));
        }

        if (key.Family != parameters.Family || key.VirtualRouterId != parameters.VirtualRouterId)
        {
            throw new ArgumentException($"the key is of router {key.VirtualRouterId} and {key.Family}, the parameters are not", nameof(parameters));
        }
    }

    private static byte[] Template(VrrpParameters parameters)
    {
        byte[] message = new byte[VrrpMessage.LengthOf(parameters.Version, parameters.Family, parameters.Addresses.Count)];
        VrrpMessage fields = new()
        {
            Version = parameters.Version,
            VirtualRouterId = parameters.VirtualRouterId,
            Priority = 0,
            Centiseconds = parameters.Centiseconds,
            AuthenticationType = parameters.Password is null ? VrrpAuthenticationType.None : VrrpAuthenticationType.SimpleText,
            Password = parameters.Password ?? default,
        };
        IpAddr[] addresses = [.. parameters.Addresses];
        return fields.TryWrite(message, parameters.Family, addresses, out _) ? message : throw new UnreachableException();
    }

    // Version 2 skews by seconds whatever the interval (RFC 3768 6.1), version 3 by the master's interval (RFC 9568 6.1).
    private TimeSpan SkewOf(byte priority, int centiseconds) =>
        (Parameters.Version == VrrpVersion.V2 ? TimeSpan.FromSeconds(1) : VrrpParameters.Span(centiseconds)) * (256 - priority) / 256;

    private IpAddr Checked(IpAddr source) => source.Family == Key.Family && !source.IsUnspecified && !source.IsMulticast
        ? source
        : throw new ArgumentException($"{source} is no address to send {Key.Family} from", nameof(source));
}
