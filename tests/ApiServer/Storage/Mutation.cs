// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace LoadBalancer.ApiServer.Storage;

/// <summary>What a writer decided while it held the store: nothing, a new state, or removal.</summary>
public readonly record struct Mutation(MutationKind Kind, JsonObject? Node)
{
    public static Mutation Keep => new(MutationKind.Keep, null);

    public static Mutation Put(JsonObject node) => new(MutationKind.Put, node);

    public static Mutation Remove(JsonObject node) => new(MutationKind.Remove, node);
}
