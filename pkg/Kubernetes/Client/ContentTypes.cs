// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Http.Headers;

namespace LoadBalancer.Kubernetes.Client;

internal static class ContentTypes
{
    internal static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeHeaderValue MergePatch = new("application/merge-patch+json");
    private static readonly MediaTypeHeaderValue JsonPatch = new("application/json-patch+json");

    // JSON is YAML: the server takes it under this type in every version.
    private static readonly MediaTypeHeaderValue ApplyPatch = new("application/apply-patch+yaml");

    internal static MediaTypeHeaderValue Of(PatchType type) => type switch
    {
        PatchType.Merge => MergePatch,
        PatchType.Json => JsonPatch,
        PatchType.Apply => ApplyPatch,
        _ => throw new UnreachableException(),
    };
}
