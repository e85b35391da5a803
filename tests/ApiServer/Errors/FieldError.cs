// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Errors;

/// <summary>One cause of an Invalid answer, worded as kube-apiserver words it.</summary>
public sealed record FieldError(string Path, string Reason, string Message)
{
    public static FieldError Required(string path, string detail = "") =>
        new(path, "FieldValueRequired", "Required value" + Tail(detail));

    public static FieldError Invalid(string path, JsonNode? value, string detail) =>
        new(path, "FieldValueInvalid", "Invalid value: " + Show(value) + Tail(detail));

    public static FieldError WrongType(string path, string actual, string detail) =>
        new(path, "FieldValueTypeInvalid", "Invalid value: \"" + actual + "\"" + Tail(detail));

    public static FieldError NotSupported(string path, JsonNode? value, IEnumerable<string> supported) =>
        new(path, "FieldValueNotSupported", "Unsupported value: " + Show(value) + ": supported values: " + string.Join(", ", supported.Select(s => '"' + s + '"')));

    public static FieldError Duplicate(string path, JsonNode? value) => new(path, "FieldValueDuplicate", "Duplicate value: " + Show(value));

    public static FieldError Forbidden(string path, string detail) => new(path, "FieldValueForbidden", "Forbidden" + Tail(detail));

    public static FieldError TooLong(string path, int maximum) =>
        new(path, "FieldValueTooLong", $"Too long: may not be more than {maximum} bytes");

    public static FieldError TooMany(string path, int actual, int maximum) =>
        new(path, "FieldValueTooMany", $"Too many: {actual}: must have at most {maximum} items");

    public static FieldError Internal(string path, string detail) => new(path, "InternalError", "Internal error" + Tail(detail));

    public override string ToString() => Path + ": " + Message;

    private static string Tail(string detail) => detail.Length == 0 ? "" : ": " + detail;

    private static string Show(JsonNode? value) => value is null ? "null" : value.ToJsonString(JsonTree.Options);
}
