// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Hooks;

/// <summary>
/// Calls webhooks by POST. What may pass by itself is tried again, a few times and at growing intervals. Neither a user nor a
/// path nor a query gets into the log: each may be the secret.
/// </summary>
internal sealed class WebHook(TimeProvider time, ILogger logger) : IDisposable
{
    private const int Attempts = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        // A redirect would make another request of it; the answer says so instead.
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        MaxResponseHeadersLength = 16,
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    /// <summary>Calls until it is answered with 2xx or that is hopeless; true when it was.</summary>
    public async Task<bool> CallAsync(HookTask task, CancellationToken cancellation)
    {
        Uri uri = new(task.Hook.Webhook);
        string shown = Shown(uri);
        byte[] message = Message(task);
        TimeSpan pause = FirstPause;
        string why = "the process is ending";
        try
        {
            for (int attempt = 1; attempt <= Attempts; attempt++)
            {
                (bool done, bool again, why) = await TryAsync(uri, message, task.Hook.Timeout, cancellation);
                if (done)
                {
                    Log.WebhookDone(logger, shown, task.Call.Kind, task.Call.Name, task.Call.StateWord);
                    return true;
                }

                if (!again || attempt == Attempts)
                    break;
                await Task.Delay(pause, time, cancellation);
                pause *= 2;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The reason of the last attempt, if there was one, is the better one to tell.
        }

        Log.WebhookFailed(logger, shown, task.Call.Kind, task.Call.Name, task.Call.StateWord, why);
        return false;
    }

    /// <summary>The part of a URL that is no secret.</summary>
    internal static string Shown(Uri uri) => $"{uri.Scheme}://{uri.Authority[(uri.Authority.LastIndexOf('@') + 1)..]}";

    private async Task<(bool Done, bool Again, string Why)> TryAsync(Uri uri, byte[] message, TimeSpan timeout, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using HttpRequestMessage request = new(HttpMethod.Post, uri);
        request.Content = new ByteArrayContent(message);
        request.Content.Headers.ContentType = new("application/json");
        if (uri.UserInfo.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo))));
        try
        {
            // The body of an answer is nobody's concern, however long.
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            int status = (int)response.StatusCode;
            bool again = status >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
            return (response.IsSuccessStatusCode, again, string.Create(CultureInfo.InvariantCulture, $"it answered with status {status}"));
        }
        catch (HttpRequestException fault)
        {
            return (false, true, fault.HttpRequestError.ToString());
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return (false, true, string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.###} s"));
        }
    }

    private static byte[] Message(HookTask task)
    {
        HookCall call = task.Call;
        string node = task.Global.NodeName.Length > 0 ? task.Global.NodeName : Environment.MachineName;
        HookMessage message = new(call.Kind, call.Name, call.StateWord, call.FromState, call.Priority, call.Reason, node, task.At);
        return JsonSerializer.SerializeToUtf8Bytes(message, HookJson.Default.HookMessage);
    }

    public void Dispose() => _client.Dispose();
}
