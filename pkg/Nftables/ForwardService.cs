// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace LoadBalancer.Nftables;

/// <summary>One port of a VIP and where its connections go.</summary>
/// <param name="Key">What clients connect to.</param>
public sealed record ForwardService(ServiceKey Key)
{
    /// <summary>Real servers; those of another family than the VIP's are refused by <see cref="Problem"/>.</summary>
    public ImmutableArray<ForwardEndpoint> Endpoints { get; init; } = [];

    /// <summary>Who gets connections while no endpoint takes any; null to refuse them.</summary>
    public ForwardEndpoint? Sorry { get; init; }

    /// <summary>Which endpoint a connection gets.</summary>
    public Scheduler Scheduler { get; init; }

    /// <summary>Which source an endpoint sees.</summary>
    public SourceAddressing Source { get; init; }

    /// <summary>For the hashing schedulers: the client's port counts as well, so that one client's connections spread.</summary>
    public bool HashesPort { get; init; }

    /// <summary>
    /// How long a client goes to the endpoint it went to last, in whole seconds, whatever the scheduler says; zero for not at
    /// all. It begins anew with each connection, and ends when the endpoint takes no more.
    /// </summary>
    public TimeSpan Persistence { get; init; }

    /// <summary>Clients with so many leading bits in common are one; null for all bits.</summary>
    public int? PersistencePrefix { get; init; }

    /// <summary>Why the service cannot be forwarded, in a sentence; null when it can.</summary>
    public string? Problem()
    {
        if (PersistencePrefix > Key.Vip.BitLength)
        {
            return $"{Key.Vip} port {Key.Port}: a persistence prefix of {PersistencePrefix} bits is longer than an address; give one up to {Key.Vip.BitLength}";
        }

        HashSet<(Primitives.IpAddr, ushort)> seen = [];
        foreach (ForwardEndpoint endpoint in Endpoints)
        {
            if (Judge(endpoint) is { } problem)
            {
                return problem;
            }

            if (!seen.Add((endpoint.Address, endpoint.Port)))
            {
                return $"{Key.Vip} port {Key.Port}: endpoint {endpoint.Address} port {endpoint.Port} is given twice; add the weights up instead";
            }
        }

        return Sorry is { } sorry ? Judge(sorry) : null;
    }

    private string? Judge(ForwardEndpoint endpoint) => endpoint switch
    {
        _ when endpoint.Address.Family != Key.Vip.Family =>
            $"{Key.Vip} port {Key.Port}: endpoint {endpoint.Address} is of the other family, between which nftables does not translate; give one of {Key.Vip.Family}",
        { Port: 0 } when Key.Port != 0 => $"{Key.Vip} port {Key.Port}: endpoint {endpoint.Address} has port 0; give a port from 1 to 65535",
        { Weight: < 0 or > ForwardEndpoint.MaxWeight } =>
            $"{Key.Vip} port {Key.Port}: weight {endpoint.Weight} of endpoint {endpoint.Address} is not from 0 to {ForwardEndpoint.MaxWeight}",
        _ => null,
    };

    /// <inheritdoc/>
    public bool Equals(ForwardService? other) =>
        other is not null
        && Key == other.Key
        && Sorry == other.Sorry
        && Scheduler == other.Scheduler
        && Source == other.Source
        && HashesPort == other.HashesPort
        && Persistence == other.Persistence
        && PersistencePrefix == other.PersistencePrefix
        && Endpoints.AsSpan().SequenceEqual(other.Endpoints.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Endpoints.Length, Scheduler, Source);
}
