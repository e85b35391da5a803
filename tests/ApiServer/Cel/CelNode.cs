// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Cel;

/// <summary>A parsed expression. Kind is the operator or one of literal, ident, select, has, call, list, map, index, cond.</summary>
public sealed record CelNode(string Kind, string Text, object? Value, IReadOnlyList<CelNode> Children);
