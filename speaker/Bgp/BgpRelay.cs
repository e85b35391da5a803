// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using LoadBalancer.Runtime;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Carries reports from the plane to the cluster loop: the newest alone, so that a slow loop delays nothing and holds nothing up.</summary>
internal sealed class BgpRelay(EventLoop<SpeakerEvent> loop)
{
    private readonly Channel<BgpReport> _newest = Channel.CreateBounded<BgpReport>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>What was reported last.</summary>
    public BgpReport Last { get; private set; } = BgpReport.Nothing;

    /// <summary>Called on the plane's thread.</summary>
    public void Publish(BgpReport report)
    {
        Last = report;
        _newest.Writer.TryWrite(report);
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (BgpReport report in _newest.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                await loop.PostAsync(new BgpReported(report), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The speaker stops.
        }
    }
}
