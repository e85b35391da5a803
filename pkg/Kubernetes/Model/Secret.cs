// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

public sealed class Secret : IKubeObject
{
    private static readonly Dictionary<string, byte[]> NoData = [];

    public string ApiVersion => "v1";

    public string Kind => "Secret";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public string? Type { get; set; }

    /// <summary>The values, decoded from base64.</summary>
    public IReadOnlyDictionary<string, byte[]> Data { get; set => field = value ?? NoData; } = NoData;
}
