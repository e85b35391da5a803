// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Text;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Client;

public sealed partial class ApiClient
{
    /// <summary>
    /// Changes after a resourceVersion, in order. Ends normally when the server ends it (continue from the last version);
    /// an ERROR event, a broken connection and a watch that outlives its time are an <see cref="ApiException"/>.
    /// </summary>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceKind<T> kind,
        Selection selection,
        string resourceVersion,
        [EnumeratorCancellation] CancellationToken cancellation)
        where T : class, IKubeObject
    {
        using var watch = await OpenWatchAsync(kind, selection, resourceVersion, cancellation);
        while (await watch.ReadAsync(cancellation)) yield return watch.Current;
    }

    internal Task<WatchStream<T>> OpenWatchAsync<T>(ResourceKind<T> kind, Selection selection, string resourceVersion, CancellationToken cancellation)
        where T : class, IKubeObject
    {
        var lasts = Math.Max(1, (int)(_options.WatchTimeout.TotalSeconds * (1 + NextDouble())));
        var query = new StringBuilder(kind.CollectionPath(selection.Namespace));
        query.Append("?watch=true&allowWatchBookmarks=true&timeoutSeconds=").Append(lasts);
        query.Append("&resourceVersion=").Append(Uri.EscapeDataString(resourceVersion));
        AppendSelection(query, selection);
        return OpenWatchAsync(kind, query.ToString(), TimeSpan.FromSeconds(lasts) + _options.WatchGrace, cancellation);
    }

    private async Task<WatchStream<T>> OpenWatchAsync<T>(ResourceKind<T> kind, string path, TimeSpan lifetime, CancellationToken cancellation)
        where T : class, IKubeObject
    {
        var name = Name(HttpMethod.Get, path);
        for (var fresh = false; ; fresh = true)
        {
            using var deadline = new CancellationTokenSource(_options.RequestTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
            HttpResponseMessage? response = null;
            try
            {
                using var request = await RequestAsync(HttpMethod.Get, path, fresh, either.Token);
                response = await _http.SendAsync(request, either.Token);
                if (response.IsSuccessStatusCode)
                {
                    var stream = await response.Content.ReadAsStreamAsync(either.Token);
                    var opened = new WatchStream<T>(kind, name, response, stream, lifetime, _options.MaxAnswerOctets, _time);
                    response = null;
                    return opened;
                }
                await ThrowAnswerAsync(name, response, either.Token);
            }
            catch (ApiException fault) when (fault.Code == 401 && !fresh && _credentials.CanRefresh)
            {
                continue;
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException)
            {
                throw ApiErrors.Unreachable(name, fault);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw ApiErrors.Timeout(name, deadline.IsCancellationRequested ? _options.RequestTimeout : _options.ConnectTimeout);
            }
            finally
            {
                response?.Dispose();
            }
        }
    }

    private static async Task ThrowAnswerAsync(string name, HttpResponseMessage response, CancellationToken cancellation)
    {
        const int MaxErrorOctets = 64 * 1024;
        var body = new PooledBuffer(MaxErrorOctets);
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            while (body.TryReserve(512, out var room))
            {
                var read = await stream.ReadAsync(room, cancellation);
                if (read == 0) break;
                body.Written(read);
            }
            throw ApiErrors.FromAnswer(name, (int)response.StatusCode, response.Headers.RetryAfter, body.Unread);
        }
        finally
        {
            body.Dispose();
        }
    }
}
