// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace LoadBalancer.ApiServer.Tables;

/// <summary>A column and how its cell is made; priority 1 shows only in wide output.</summary>
public sealed record Column(string Name, string Type, int Priority, Func<JsonObject, DateTimeOffset, JsonNode?> Cell);
