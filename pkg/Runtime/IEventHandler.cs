// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Runtime;

/// <summary>What an <see cref="EventLoop{TEvent}"/> drives: the owner of a component's whole state.</summary>
public interface IEventHandler<TEvent>
{
    /// <summary>Takes in one event. Only state changes here; effects wait for <see cref="Settle"/>.</summary>
    void Handle(TEvent item, MonoTime now);

    /// <summary>
    /// Called when the mailbox has been drained, or after a bounded batch: acts on what has changed and on what has fallen due.
    /// </summary>
    /// <returns>When to be called again if no event comes first; <see cref="MonoTime.Never"/> for not at all.</returns>
    MonoTime Settle(MonoTime now);
}
