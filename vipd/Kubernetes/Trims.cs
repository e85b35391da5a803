// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;
using Secret = LoadBalancer.Kubernetes.Model.Secret;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>What of an object is kept in memory: a configuration is made of nothing else.</summary>
internal static class Trims
{
    // A node's heartbeat is in its status every few seconds: what does not matter here makes no change.
    public static void Trim(Node node)
    {
        node.Status = new NodeStatus { Addresses = [.. node.Status.Addresses.Where(static a => a.Type is "InternalIP" or "ExternalIP")] };
        node.Metadata.Annotations = new Dictionary<string, string>();
    }

    // Any Service may be named by the next object, so its ports are kept of each.
    public static void Trim(Service service)
    {
        service.Metadata = Bare(service.Metadata);
        service.Spec = new ServiceSpec { Ports = [.. service.Spec.Ports.Select(static p => new ServicePort { Name = p.Name, Protocol = p.Protocol, Port = p.Port })] };
        service.Status = new ServiceStatus();
    }

    public static void Trim(EndpointSlice slice)
    {
        string? service = slice.ServiceName;
        slice.Metadata = Bare(slice.Metadata);
        if (service is not null)
            slice.Metadata.Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = service };
        foreach (Endpoint endpoint in slice.Endpoints)
        {
            endpoint.TargetRef = null;
            endpoint.NodeName = null;
        }
    }

    // A password is all that is wanted of a Secret.
    public static void Trim(Secret secret)
    {
        secret.Data = secret.Data.Where(static d => d.Key == VirtualIpCompiler.PasswordKey).ToDictionary();
        secret.Metadata = Bare(secret.Metadata);
    }

    private static ObjectMeta Bare(ObjectMeta metadata) => new()
    {
        Namespace = metadata.Namespace,
        Name = metadata.Name,
        Uid = metadata.Uid,
        ResourceVersion = metadata.ResourceVersion,
    };
}
