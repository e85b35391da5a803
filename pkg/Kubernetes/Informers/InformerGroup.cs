// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Informers;

/// <summary>Informers that live and end together: none of them may end alone and leave the others waiting for it.</summary>
public sealed class InformerGroup
{
    private readonly List<(string Kind, Func<InformerHealth> Health, Func<CancellationToken, Task> RunAsync)> _informers = [];

    /// <summary>Adds an informer; only before the group runs.</summary>
    public void Add<T>(ResourceKind<T> kind, Informer<T> informer)
        where T : class, IKubeObject
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(informer);
        Add(kind.Plural, () => informer.Health, informer.RunAsync);
    }

    internal void Add(string kind, Func<InformerHealth> health, Func<CancellationToken, Task> runAsync) => _informers.Add((kind, health, runAsync));

    /// <summary>Which kinds have not been read yet, and why; null when all have. Callable from any thread.</summary>
    public string? Missing()
    {
        List<string> missing = [];
        foreach (var (kind, health, _) in _informers)
        {
            var now = health();
            if (!now.Synced) missing.Add(now.LastFault is { } fault ? $"{kind} not read yet: {fault}" : $"{kind} not read yet");
        }
        return missing.Count == 0 ? null : string.Join("; ", missing);
    }

    /// <summary>Which kinds the server does not tell of at present, and the first one's fault; null when it tells of all. Callable from any thread.</summary>
    public string? LostContact()
    {
        var lost = _informers.Select(static i => (i.Kind, Fault: i.Health().LastFault)).Where(static i => i.Fault is not null).ToArray();
        return lost.Length == 0 ? null : $"{string.Join(", ", lost.Select(static i => i.Kind))}: {lost[0].Fault}";
    }

    /// <summary>Runs all until cancelled. The first that fails ends the others, and its fault is thrown at once.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = _informers.Select(i => i.RunAsync(end.Token)).ToArray();
        var first = await Task.WhenAny(running);
        await end.CancelAsync();
        // Not after the others: one that does not heed its token would hide the fault for ever.
        await first;
        if (!cancellation.IsCancellationRequested) throw new UnreachableException("an informer ended by itself");
        await Task.WhenAll(running);
    }
}
