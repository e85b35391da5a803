// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using LoadBalancer.Runtime;
using LoadBalancer.Speaker.Cluster;
using LoadBalancer.Speaker.Layer2;

namespace LoadBalancer.Speaker;

/// <summary>
/// Carries ownership from the reactor to the cluster loop. The reactor never waits: what the loop has not taken yet is
/// merged, so that at most one value is on the way whatever happens.
/// </summary>
internal sealed class OwnershipRelay(EventLoop<SpeakerEvent> loop)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Ownership? _waiting;

    /// <summary>Completed when everything has been handed over.</summary>
    public Task Left => _left.Task;

    /// <summary>Called on the reactor's thread.</summary>
    public void Publish(Ownership ownership)
    {
        if (ownership.HasLeft)
        {
            _left.TrySetResult();
        }

        // The reader takes the value out by an exchange; if it did so in between, there is nothing to merge with.
        Ownership? before = Interlocked.Exchange(ref _waiting, null);
        Interlocked.Exchange(ref _waiting, before is null ? ownership : ownership.After(before));
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _signal.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                _signal.Reader.TryRead(out _);
                if (Interlocked.Exchange(ref _waiting, null) is { } ownership)
                {
                    await loop.PostAsync(new OwnershipChanged(ownership), cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The speaker stops.
        }
    }
}
