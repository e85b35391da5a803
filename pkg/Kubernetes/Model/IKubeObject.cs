// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>An object of the Kubernetes API. Objects handed out by a cache are shared: nobody changes them.</summary>
public interface IKubeObject
{
    string ApiVersion { get; }

    string Kind { get; }

    ObjectMeta Metadata { get; }
}
