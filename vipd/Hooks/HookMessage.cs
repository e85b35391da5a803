// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LoadBalancer.Vipd.Hooks;

/// <summary>What a webhook is sent.</summary>
internal sealed record HookMessage(
    string Kind, string Name, string State, string Previous, int Priority, string Reason, string Node, DateTimeOffset Time);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(HookMessage))]
internal sealed partial class HookJson : JsonSerializerContext;
