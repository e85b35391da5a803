// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using LoadBalancer.Kubernetes.Client;

namespace LoadBalancer.Speaker.Tests;

/// <summary>An API server in the test's own hands: keeps what it is asked, and answers at once, or when told to.</summary>
internal sealed class FarEnd : HttpMessageHandler
{
    private readonly List<TaskCompletionSource> _held = [];
    private readonly List<(string Method, string Path, string Body)> _asked = [];

    /// <summary>Requests, each as method, path with query, and body.</summary>
    public IReadOnlyList<(string Method, string Path, string Body)> Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>Status of answers from now on.</summary>
    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    /// <summary>Whether answers wait for <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    public ApiClient Client() => new(
        new KubeConfig { Server = new Uri("http://api.example.test") }, new ApiClientOptions { MaxAttempts = 1 }, TimeProvider.System, new Random(1), (_, _) => this);

    public void Release()
    {
        Holds = false;
        foreach (TaskCompletionSource held in _held)
            held.SetResult();
        _held.Clear();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (_asked)
        {
            _asked.Add((request.Method.Method, request.RequestUri!.PathAndQuery, body));
        }

        if (Holds)
        {
            TaskCompletionSource held = new();
            _held.Add(held);
            await held.Task;
        }

        string answer = Status == HttpStatusCode.OK ? "{}" : $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":"{{Status}}","code":{{(int)Status}}}""";
        return new HttpResponseMessage(Status) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
    }
}
