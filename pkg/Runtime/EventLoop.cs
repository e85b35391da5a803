// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using LoadBalancer.Primitives;

namespace LoadBalancer.Runtime;

/// <summary>
/// The single-writer loop: one bounded mailbox, one reader, one timer. Everything the handler owns is touched by this
/// loop alone, so nothing in it is locked. Sockets, watches and signals only post.
/// </summary>
public sealed class EventLoop<TEvent>
{
    private const int BatchLimit = 1024;

    private readonly Channel<TEvent> _mailbox;
    private readonly TimeProvider _time;

    /// <summary>A loop whose mailbox holds <paramref name="capacity"/> events; a post beyond that waits.</summary>
    public EventLoop(int capacity, TimeProvider time)
    {
        _time = time;
        _mailbox = Channel.CreateBounded<TEvent>(new BoundedChannelOptions(capacity) { SingleReader = true });
    }

    /// <summary>Adds an event; waits while the mailbox is full, which slows the source down to the loop's pace.</summary>
    public ValueTask PostAsync(TEvent item, CancellationToken cancellationToken) => _mailbox.Writer.WriteAsync(item, cancellationToken);

    /// <summary>Adds an event unless the mailbox is full; for sources that may drop and count.</summary>
    public bool TryPost(TEvent item) => _mailbox.Writer.TryWrite(item);

    /// <summary>Runs until cancelled; an exception of the handler ends the loop and reaches the caller.</summary>
    public async Task RunAsync(IEventHandler<TEvent> handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handler);
        while (!cancellationToken.IsCancellationRequested)
        {
            for (int i = 0; i < BatchLimit && _mailbox.Reader.TryRead(out TEvent? item); i++)
            {
                handler.Handle(item, _time.MonoNow());
            }

            MonoTime deadline = handler.Settle(_time.MonoNow());
            await WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask WaitAsync(MonoTime deadline, CancellationToken cancellationToken)
    {
        TimeSpan left = deadline == MonoTime.Never ? Timeout.InfiniteTimeSpan : deadline - _time.MonoNow();
        if (_mailbox.Reader.TryPeek(out _) || (left <= TimeSpan.Zero && left != Timeout.InfiniteTimeSpan))
        {
            return;
        }

        using CancellationTokenSource wake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using ITimer? timer = left == Timeout.InfiniteTimeSpan
            ? null
            // A timer rounds down to whole milliseconds: one more keeps the loop from waking early and spinning.
            : _time.CreateTimer(static state => Cancel((CancellationTokenSource)state!), wake, left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        try
        {
            await _mailbox.Reader.WaitToReadAsync(wake.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (wake.IsCancellationRequested)
        {
            // Either the deadline has come or the loop is to end; the caller looks at both.
        }
    }

    private static void Cancel(CancellationTokenSource wake)
    {
        try
        {
            wake.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The mailbox woke the loop in the same instant as the timer did.
        }
    }
}
