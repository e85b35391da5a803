// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Lab.Routers;

/// <summary>A real router in the lab, and what it knows.</summary>
public interface IRouter : IAsyncDisposable
{
    /// <summary>Starts the daemons and returns when they answer.</summary>
    Task StartAsync();

    /// <summary>Kills the daemons.</summary>
    Task StopAsync();

    /// <summary>Addresses of the peers it has an established session with.</summary>
    Task<IReadOnlyList<string>> EstablishedAsync();

    /// <summary>Prefixes it has accepted, each with its next hops, all as the program writes them.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> RoutesAsync();

    /// <summary>The paths of one prefix with their attributes.</summary>
    Task<IReadOnlyList<RouterPath>> PathsAsync(string prefix);

    /// <summary>UPDATE messages a peer has sent since its session came up.</summary>
    Task<long> UpdatesAsync(string peer);

    /// <summary>Ends the session with a peer and lets none come up, with words for the other side (RFC 9003), until it is enabled.</summary>
    Task DisableAsync(string peer, string words);

    /// <summary>Lets a session with a peer come up again.</summary>
    Task EnableAsync(string peer);

    /// <summary>Asks one peer for all its routes again (RFC 2918).</summary>
    Task RefreshAsync(string peer);
}
