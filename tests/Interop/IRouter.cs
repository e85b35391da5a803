// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Interop;

/// <summary>A real router in the lab, and what it knows.</summary>
public interface IRouter : IAsyncDisposable
{
    /// <summary>Name and version of the program.</summary>
    string Name { get; }

    /// <summary>Addresses of the peers it has an established session with.</summary>
    Task<IReadOnlyList<string>> EstablishedAsync();

    /// <summary>Prefixes it has accepted, each with its next hops, all as the program writes them.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> RoutesAsync();

    /// <summary>Asks one peer for all its routes again (RFC 2918).</summary>
    Task RefreshAsync(string peer);
}

/// <summary>What a router is to do.</summary>
public sealed record RouterOptions
{
    public const uint RouterAsn = 64512;
    public const uint ClusterAsn = 64513;

    /// <summary>TCP MD5 password of every peer; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Peers by address; they are in <see cref="ClusterAsn"/>.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>An interface with a peer that is found by its router advertisements; null for none.</summary>
    public string? Interface { get; init; }

    /// <summary>Both families over each session.</summary>
    public bool DualStack { get; init; }

    /// <summary>BFD with each peer, at this interval in ms times three; null for none.</summary>
    public int? BfdMilliseconds { get; init; }

    /// <summary>Helps peers over a restart (RFC 4724).</summary>
    public bool GracefulRestart { get; init; }
}
