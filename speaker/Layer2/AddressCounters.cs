// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Speaker.Layer2;

/// <summary>What was received and sent for one address; written by the reactor, read by the metrics.</summary>
internal sealed class AddressCounters
{
    private long _requests;
    private long _responses;
    private long _gratuitous;

    public long Requests => Volatile.Read(ref _requests);

    public long Responses => Volatile.Read(ref _responses);

    public long Gratuitous => Volatile.Read(ref _gratuitous);

    // One writer: a plain addition published by a volatile write loses nothing.
    public void CountRequest() => Volatile.Write(ref _requests, _requests + 1);

    public void CountResponse() => Volatile.Write(ref _responses, _responses + 1);

    public void CountGratuitous() => Volatile.Write(ref _gratuitous, _gratuitous + 1);
}
