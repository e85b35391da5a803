// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;

namespace LoadBalancer.Kubernetes.Client;

public sealed partial class ApiClient
{
    private delegate TResult Decode<TState, TResult>(ReadOnlySpan<byte> body, TState state);

    private async Task<TResult> CallAsync<TState, TResult>(
        HttpMethod method,
        string path,
        JsonBody? body,
        MediaTypeHeaderValue? contentType,
        bool repeatable,
        TState state,
        Decode<TState, TResult> decode,
        CancellationToken cancellation)
    {
        var freshCredentials = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(method, path, body, contentType, freshCredentials, state, decode, cancellation);
            }
            catch (ApiException fault) when (fault.Code == 401 && !freshCredentials && _credentials.CanRefresh)
            {
                freshCredentials = true;
            }
            catch (ApiException fault) when (attempt < _options.MaxAttempts && IsLater(fault, repeatable))
            {
                await Task.Delay(RetryDelay(fault, attempt), _time, cancellation);
            }
        }
    }

    // 429 is refused before anything is done, so it may always be repeated; 503 may come from something between us and the server.
    private static bool IsLater(ApiException fault, bool repeatable) =>
        fault.Code == 429 || (fault.Code == 503 && fault.RetryAfter is not null && repeatable);

    private TimeSpan RetryDelay(ApiException fault, int attempt)
    {
        var asked = fault.RetryAfter ?? TimeSpan.FromMilliseconds(100 << attempt);
        if (asked > _options.MaxRetryAfter) asked = _options.MaxRetryAfter;
        return asked + (asked * 0.1 * NextDouble());
    }

    private double NextDouble()
    {
        // Calls run concurrently and Random is not made for that.
        lock (_random) return _random.NextDouble();
    }

    private async Task<TResult> SendOnceAsync<TState, TResult>(
        HttpMethod method,
        string path,
        JsonBody? body,
        MediaTypeHeaderValue? contentType,
        bool freshCredentials,
        TState state,
        Decode<TState, TResult> decode,
        CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        var answer = new PooledBuffer(_options.MaxAnswerOctets);
        try
        {
            using var request = await RequestAsync(method, path, freshCredentials, either.Token);
            if (body is not null)
            {
                request.Content = new ReadOnlyMemoryContent(body.Written);
                request.Content.Headers.ContentType = contentType;
            }
            using var response = await _http.SendAsync(request, either.Token);
            using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            var expected = (int)Math.Clamp(response.Content.Headers.ContentLength ?? 4096, 1, _options.MaxAnswerOctets);
            while (true)
            {
                if (!answer.TryReserve(answer.End == 0 ? expected + 1 : 1, out var room)) throw ApiErrors.TooLarge(Name(method, path), _options.MaxAnswerOctets);
                var read = await stream.ReadAsync(room, either.Token);
                if (read == 0) break;
                answer.Written(read);
            }
            if (!response.IsSuccessStatusCode)
                throw ApiErrors.FromAnswer(Name(method, path), (int)response.StatusCode, response.Headers.RetryAfter, answer.Unread);
            if (body is not null) body.IsSent = true;
            return Decoded(method, path, answer.Unread, state, decode);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw ApiErrors.Unreachable(Name(method, path), fault);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Ours, or the handler's own for a connection that took too long.
            throw ApiErrors.Timeout(Name(method, path), deadline.IsCancellationRequested ? _options.RequestTimeout : _options.ConnectTimeout);
        }
        finally
        {
            answer.Dispose();
        }
    }

    private TResult Decoded<TState, TResult>(HttpMethod method, string path, ReadOnlySpan<byte> answer, TState state, Decode<TState, TResult> decode)
    {
        try
        {
            return decode(answer, state);
        }
        catch (Exception fault) when (AnswerDecoder.IsMalformed(fault))
        {
            throw ApiErrors.BadAnswer(Name(method, path), answer, fault);
        }
    }

    private async ValueTask<HttpRequestMessage> RequestAsync(HttpMethod method, string path, bool freshCredentials, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(method, new Uri(_server, _basePath + path));
        // Without TLS there is no ALPN to agree on HTTP/2.
        request.Version = _secure ? HttpVersion.Version20 : HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        var authorization = await _credentials.AuthorizationAsync(freshCredentials, cancellation);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }

    // Selectors and tokens in the query say little to a person.
    private string Name(HttpMethod method, string path) =>
        $"{method.Method} {path.AsSpan(0, path.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? at : path.Length)} at {_server.Authority}";
}
