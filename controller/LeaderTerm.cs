// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Runtime;

namespace LoadBalancer.Controller;

/// <summary>
/// One leadership, from its first read to its last write. Everything is read anew under the lease, never from a cache
/// kept while another controller was writing: what that one assigned last must be known before anything is allocated.
/// </summary>
internal sealed class LeaderTerm(TermContext context)
{
    private const int MailboxCapacity = 4096;

    private readonly EventLoop<ControllerEvent> _loop = new(MailboxCapacity, context.Time);
    private readonly AllocationLoop _allocation = new(context);

    /// <summary>Runs until the token ends it; a fault of any part ends all of them and is thrown.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource term = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _allocation.Attach(_loop, term.Token);
        InformerGroup informers = new();
        Follow(informers, Kinds.Service, null, change => new ServiceChanged(change), Trim);
        FollowConfiguration(informers, Kinds.IPAddressPool);
        FollowConfiguration(informers, Kinds.L2Advertisement);
        Follow(informers, Kinds.BGPPeer, context.Options.Namespace, change => new BgpPeerChanged(change), Trim);
        FollowConfiguration(informers, Kinds.BGPAdvertisement);
        FollowConfiguration(informers, Kinds.Community);
        FollowConfiguration(informers, Kinds.BFDProfile);
        Follow(informers, Kinds.Node, null, change => new NodeChanged(change), Trim);
        Follow(informers, Kinds.Namespace, null, change => new NamespaceChanged(change));
        context.Status.Reading(informers);
        context.Metrics.TermBegins();
        Task[] parts = [_loop.RunAsync(_allocation, term.Token), informers.RunAsync(term.Token)];
        Task first = await Task.WhenAny(parts).ConfigureAwait(false);
        await term.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(parts).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (first.IsCompletedSuccessfully || first.IsCanceled)
        {
            // The end that was asked for.
        }
        finally
        {
            context.Metrics.TermEnds();
            context.Status.Forget();
        }

        await _allocation.DrainAsync().ConfigureAwait(false);
    }

    private void FollowConfiguration<T>(InformerGroup informers, ResourceKind<T> kind)
        where T : class, IKubeObject =>
        Follow(informers, kind, context.Options.Namespace, change => new ConfigurationChanged(keeper => keeper.Take(change)));

    private void Follow<T>(
        InformerGroup informers, ResourceKind<T> kind, string? @namespace, Func<InformerEvent<T>, ControllerEvent> wrap, Action<T>? trim = null)
        where T : class, IKubeObject =>
        informers.Add(kind, new Informer<T>(
            context.Client,
            kind,
            new Selection(@namespace),
            (change, cancellation) => _loop.PostAsync(wrap(change), cancellation),
            new InformerOptions(),
            context.Time,
            new Random(),
            context.Logger,
            trim));

    // Of a node it is enough to know that it exists, and of a session whose it is.
    private static void Trim(Node node)
    {
        node.Spec = new NodeSpec();
        node.Status = new NodeStatus();
        node.Metadata = Bare(node.Metadata);
    }

    private static void Trim(BGPPeer peer) => peer.Status.Sessions = [.. peer.Status.Sessions.Select(s => new BGPSession { Node = s.Node })];

    // Of the Services that are none of ours only their existence matters (a type change brings the rest again).
    private static void Trim(Service service)
    {
        if (!Facts.IsLoadBalancer(service) && !Facts.BearsOurMark(service))
        {
            service.Spec = new ServiceSpec { Type = service.Spec.Type };
            service.Metadata = Bare(service.Metadata);
        }
    }

    private static ObjectMeta Bare(ObjectMeta metadata) => new()
    {
        Namespace = metadata.Namespace,
        Name = metadata.Name,
        Uid = metadata.Uid,
        ResourceVersion = metadata.ResourceVersion,
    };
}
