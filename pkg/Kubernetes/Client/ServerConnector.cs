// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LoadBalancer.Kubernetes.Client;

/// <summary>
/// Makes connections. TLS is set up here and not by the handler, which would insist on the name of the address and could
/// not say why a certificate was refused.
/// </summary>
internal sealed class ServerConnector
{
    // A dead peer is noticed in about 15 s: 6 s of silence, then three probes 3 s apart.
    private const int KeepAliveIdleSeconds = 6;
    private const int KeepAliveIntervalSeconds = 3;
    private const int KeepAliveProbes = 3;

    private readonly KubeConfig _config;
    private readonly SslStreamCertificateContext? _clientCertificate;
    private Authorities? _authorities;

    private ServerConnector(KubeConfig config)
    {
        _config = config;
        if (config.ClientCertificate is not null && config.ClientKey is not null)
        {
            var pem = Encoding.UTF8.GetString(config.ClientCertificate);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
#pragma warning disable CA2000 // kept as long as connections are made
            var own = X509Certificate2.CreateFromPem(pem, Encoding.UTF8.GetString(config.ClientKey));
#pragma warning restore CA2000
            _clientCertificate = SslStreamCertificateContext.Create(own, chain, offline: true);
        }
        if (config.CertificateAuthority is not null) _authorities = new(Import(config.CertificateAuthority), Changed());
    }

    internal static SocketsHttpHandler CreateHandler(KubeConfig config, ApiClientOptions options)
    {
        var connector = new ServerConnector(config);
        return new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            ConnectCallback = connector.ConnectAsync,
        };
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
#pragma warning disable CA2000 // the stream that is returned owns it
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore CA2000
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveIdleSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return _config.Server.Scheme == Uri.UriSchemeHttps
                ? await SecureAsync(stream, context.DnsEndPoint.Host, cancellation)
                : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream stream, string host, CancellationToken cancellation)
    {
        var name = string.IsNullOrEmpty(_config.TlsServerName) ? host : _config.TlsServerName;
        var found = SslPolicyErrors.None;
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                    ClientCertificateContext = _clientCertificate,
                    CertificateChainPolicy = Policy(),
                    RemoteCertificateValidationCallback = (_, _, _, errors) =>
                    {
                        found = errors;
                        return errors == SslPolicyErrors.None || _config.InsecureSkipTlsVerify;
                    },
                },
                cancellation);
            return secure;
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException)
        {
            await secure.DisposeAsync();
            throw new ConnectException(Explain(found, name), fault);
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private string Explain(SslPolicyErrors errors, string name)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the server's certificate is not for {name}; set tls-server-name of the cluster in {_config.Source} to a name it carries.";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            return $"the server's certificate is not signed by the certificate authority given, or is expired; set certificate-authority of the cluster in {_config.Source}.";
        return "the server did not agree to TLS; check that the address is that of a Kubernetes API server and that it accepts the client certificate.";
    }

    private X509ChainPolicy? Policy()
    {
        if (_authorities is null) return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(Current(_authorities).Certificates);
        return policy;
    }

    // A cluster may change its authority while we run. What cannot be read now is no reason to drop what was good.
    private Authorities Current(Authorities held)
    {
        var changed = Changed();
        if (changed == held.Changed) return held;
        try
        {
            var renewed = Import(File.ReadAllBytes(_config.CertificateAuthorityFile!));
            return renewed.Count == 0 ? held : _authorities = new(renewed, changed);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            return held;
        }
    }

    private DateTime Changed() => _config.CertificateAuthorityFile is null ? default : File.GetLastWriteTimeUtc(_config.CertificateAuthorityFile);

    private static X509Certificate2Collection Import(byte[] pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Encoding.UTF8.GetString(pem));
        return certificates;
    }

    private sealed record Authorities(X509Certificate2Collection Certificates, DateTime Changed);
}
