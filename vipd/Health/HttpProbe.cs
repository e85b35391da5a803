// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Health;

/// <summary>
/// Asks for pages, one connection each, and compares status and body. Redirects are not followed, and the server's certificate is
/// not looked at: whether it answers is the question, and it is asked by address. Of a body no more is read than is compared.
/// </summary>
internal sealed class HttpProbe(HealthCheck check, ProbeDialer dialer) : IProbe
{
    /// <summary>A longer body is a failure where the body is compared.</summary>
    public const int LongestBody = 1 << 20;

    private const int LongestHeadersKilobytes = 32;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(200);
    private static readonly StatusRange Success = new(200, 299);

    public string Awaits { get; private set; } = "a connection";

    public async Task<ProbeAnswer> AskAsync(CancellationToken limit)
    {
        ProbeAnswer answer = default;
        foreach (HttpRequestCheck request in check.Requests.Count > 0 ? check.Requests : [new HttpRequestCheck()])
        {
            answer = await AskAsync(request, limit);
            if (!answer.IsUp)
            {
                break;
            }
        }

        return answer;
    }

    private async Task<ProbeAnswer> AskAsync(HttpRequestCheck request, CancellationToken limit)
    {
        try
        {
            Awaits = "a connection";
            await using Stream stream = await ConnectAsync(limit);
            Stream? unused = stream;
            Awaits = $"the answer to GET {request.Path}";
            using SocketsHttpHandler handler = new()
            {
                // The connection is there already, and encrypted where it has to be. Where the server leaves it another is asked for.
                ConnectCallback = (_, _) => ValueTask.FromResult(Interlocked.Exchange(ref unused, null) ?? throw new IOException("the server closed the connection without an answer")),
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                MaxResponseHeadersLength = LongestHeadersKilobytes,
            };
            using HttpMessageInvoker client = new(handler, disposeHandler: false);
            using HttpRequestMessage message = new(HttpMethod.Get, new Uri($"http://{dialer.Target}{request.Path}"));
            message.Headers.ConnectionClose = true;
            message.Headers.TryAddWithoutValidation("User-Agent", "vipd");
            message.Headers.TryAddWithoutValidation("Accept", "*/*");
            if (request.Host.Length > 0)
            {
                message.Headers.Host = request.Host;
            }

            using HttpResponseMessage response = await client.SendAsync(message, limit);
            int status = (int)response.StatusCode;
            if (!IsWanted(status, request.Status))
            {
                return ProbeAnswer.Down($"status {status}, wanted {(request.Status.Count == 0 ? Success.ToString() : string.Join(", ", request.Status))}");
            }

            bool comparesBody = request.Digest.Length > 0 || request.BodyMatches.Length > 0 || request.BodyMatchesNot.Length > 0;
            return comparesBody ? await CompareAsync(request, response, limit) : ProbeAnswer.Up($"status {status}");
        }
        catch (HttpRequestException fault)
        {
            return ProbeAnswer.Down(fault.InnerException is SocketException inner ? ProbeDialer.Words(inner) : $"no HTTP: {(fault.InnerException ?? fault).Message.ToLowerInvariant()}");
        }
        catch (System.Security.Authentication.AuthenticationException fault)
        {
            return ProbeAnswer.Down($"no TLS: {(fault.InnerException ?? fault).Message}");
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken limit)
    {
        Socket socket = await dialer.ConnectAsync(limit);
        NetworkStream plain = new(socket, ownsSocket: true);
        if (check.Kind != CheckKind.Https)
        {
            return plain;
        }

        Awaits = "the TLS handshake";
        SslStream secure = new(plain, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(Options(), limit);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    [SuppressMessage("Security", "CA5359", Justification = "A check asks whether a server works; whose certificate it has is for its clients to judge.")]
    private SslClientAuthenticationOptions Options() => new()
    {
        TargetHost = check.ServerName,
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        CertificateRevocationCheckMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
    };

    private static bool IsWanted(int status, ValueList<StatusRange> wanted)
    {
        if (wanted.Count == 0)
        {
            return status >= Success.First && status <= Success.Last;
        }

        foreach (StatusRange range in wanted)
        {
            if (status >= range.First && status <= range.Last)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<ProbeAnswer> CompareAsync(HttpRequestCheck request, HttpResponseMessage response, CancellationToken limit)
    {
        Awaits = $"the end of the body of {request.Path}";
        await using Stream body = await response.Content.ReadAsStreamAsync(limit);
        ArrayBufferWriter<byte> read = new();
        while (read.WrittenCount <= LongestBody)
        {
            int length = await body.ReadAsync(read.GetMemory(4096), limit);
            if (length == 0)
            {
                return Compare(request, read.WrittenSpan);
            }

            read.Advance(length);
        }

        return ProbeAnswer.Down($"a body of more than {LongestBody >> 20} MiB, of which no more is read: ask for a shorter page");
    }

    [SuppressMessage("Security", "CA5351", Justification = "It tells one page from another, as keepalived's configuration gives it, and protects nothing.")]
    private static ProbeAnswer Compare(HttpRequestCheck request, ReadOnlySpan<byte> body)
    {
        if (request.Digest.Length > 0 && Convert.ToHexStringLower(MD5.HashData(body)) is var digest && !digest.Equals(request.Digest, StringComparison.OrdinalIgnoreCase))
        {
            return ProbeAnswer.Down($"digest {digest}, wanted {request.Digest.ToLowerInvariant()}");
        }

        // Octet for character: a pattern of ASCII finds what it means in any encoding that contains it.
        string text = request.BodyMatches.Length + request.BodyMatchesNot.Length > 0 ? Encoding.Latin1.GetString(body) : "";
        try
        {
            if (request.BodyMatches.Length > 0 && !Regex.IsMatch(text, request.BodyMatches, RegexOptions.CultureInvariant, MatchLimit))
            {
                return ProbeAnswer.Down("the body does not match bodyMatches");
            }

            if (request.BodyMatchesNot.Length > 0 && Regex.IsMatch(text, request.BodyMatchesNot, RegexOptions.CultureInvariant, MatchLimit))
            {
                return ProbeAnswer.Down("the body matches bodyMatchesNot");
            }
        }
        catch (RegexMatchTimeoutException)
        {
            return ProbeAnswer.Down($"the pattern takes more than {MatchLimit.TotalMilliseconds} ms: write a simpler one");
        }

        return ProbeAnswer.Up("the body is as wanted");
    }
}
