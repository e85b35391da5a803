// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>How objects are read and written: camel case, unknown fields skipped, absent and empty fields left out.</summary>
public static class KubeJson
{
    public static JsonSerializerOptions Options { get; } = Build();

    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Build()
    {
        var options = new JsonSerializerOptions(KubeJsonContext.Default.Options)
        {
            TypeInfoResolver = KubeJsonContext.Default.WithAddedModifier(LeaveOutEmpty),
        };
        options.MakeReadOnly();
        return options;
    }

    // A patch or an apply that says "labels: {}" would claim a field nobody meant to write.
    private static void LeaveOutEmpty(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)))
                property.ShouldSerialize = static (_, value) => value is not (null or ICollection { Count: 0 });
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    MaxDepth = 64,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(EndpointSlice))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(Namespace))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(VirtualIP))]
[JsonSerializable(typeof(VirtualIPStatus))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(IPAddressPool))]
[JsonSerializable(typeof(L2Advertisement))]
[JsonSerializable(typeof(BGPPeer))]
[JsonSerializable(typeof(BGPAdvertisement))]
[JsonSerializable(typeof(Community))]
[JsonSerializable(typeof(BFDProfile))]
[JsonSerializable(typeof(ServiceBGPStatus))]
[JsonSerializable(typeof(ServiceL2Status))]
[JsonSerializable(typeof(ConfigurationState))]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ListMeta))]
[JsonSerializable(typeof(PartialObject))]
internal sealed partial class KubeJsonContext : JsonSerializerContext;
