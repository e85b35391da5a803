// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Cel;

public sealed class CelProgram { public static string? CompileError(string rule) => null; }
public static class RuleEvaluator { public static void Evaluate(System.Text.Json.Nodes.JsonNode? node, System.Text.Json.Nodes.JsonNode? old, System.Text.Json.Nodes.JsonObject schema, string at, List<Errors.FieldError> errors) { } }
