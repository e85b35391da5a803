// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;

namespace LoadBalancer.Lab.Network;

/// <summary>A host of the lab: a namespace with `eth0` on the service segment and, where it has one, `mgmt0`.</summary>
public sealed class LabHost
{
    internal LabHost(string labId, string name, int number, bool managed)
    {
        Name = name;
        Number = number;
        Managed = managed;
        Namespace = new LabNamespace($"lab-{labId}-{name}");
    }

    /// <summary>Short name, unique in the lab; for a node also its name in Kubernetes.</summary>
    public string Name { get; }

    /// <summary>Last part of every address of the host.</summary>
    public int Number { get; }

    /// <summary>Whether the host is on the management segment too.</summary>
    public bool Managed { get; }

    public LabNamespace Namespace { get; }

    public IPAddress ServiceAddress => IPAddress.Parse($"192.0.2.{Number}");

    public IPAddress ServiceAddress6 => IPAddress.Parse($"2001:db8:0:1::{Number}");

    public IPAddress ManagementAddress => IPAddress.Parse($"203.0.113.{Number}");

    public IPAddress ManagementAddress6 => IPAddress.Parse($"2001:db8:0:2::{Number}");

    /// <summary>MAC address on a segment, lower case with colons; the same in every lab.</summary>
    public string Mac(Segment segment) => string.Create(
        CultureInfo.InvariantCulture, $"02:4c:42:00:0{(segment == Segment.Service ? 1 : 2)}:{Number:x2}");

    /// <summary>Name of the switch port that leads to the host.</summary>
    public string Port(Segment segment) => (segment == Segment.Service ? "s-" : "m-") + Name;

    public override string ToString() => Name;
}
