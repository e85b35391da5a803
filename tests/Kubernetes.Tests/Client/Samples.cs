// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;

namespace LoadBalancer.Kubernetes.Tests.Client;

internal static class Samples
{
    internal static string Service(string name, string uid, string version) =>
        $$$"""{"kind":"Service","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"default","uid":"{{{uid}}}","resourceVersion":"{{{version}}}","managedFields":[{"manager":"x","fieldsV1":{"f:spec":{} } }]},"spec":{"type":"LoadBalancer","ports":[{"port":80,"targetPort":"http"}] } }""";

    internal static string List(string version, string continueToken, params string[] items) =>
        $$$"""{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"{{{version}}}","continue":"{{{continueToken}}}"},"items":[{{{string.Join(',', items)}}}]}""";

    internal static string Event(string type, string item) => $$$"""{"type":"{{{type}}}","object":{{{item}}} }""";

    internal static string Bookmark(string version) =>
        $$$"""{"type":"BOOKMARK","object":{"kind":"Service","apiVersion":"v1","metadata":{"resourceVersion":"{{{version}}}"} } }""";

    internal static ApiClient Client(ScriptedServer server, ApiClientOptions? options = null) =>
        Client(new KubeConfig { Server = server.Address, Token = "secret" }, options);

    internal static ApiClient Client(KubeConfig config, ApiClientOptions? options = null) =>
        new(config, options ?? new() { MaxRetryAfter = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, new Random(1));
}
