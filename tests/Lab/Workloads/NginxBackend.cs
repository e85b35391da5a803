// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Workloads;

/// <summary>
/// A real nginx on a node, standing in for ingress-nginx: it serves two host names over HTTP and HTTPS on the node's own
/// management addresses and says in each answer which host and which node it was.
/// </summary>
public sealed class NginxBackend
{
    public const int HttpPort = 8080;
    public const int HttpsPort = 8443;

    private NginxBackend(LabProcess process) => Process = process;

    /// <summary>The host names it serves; every other name gets 404.</summary>
    public static IReadOnlyList<string> HostNames { get; } = ["shop.example.test", "blog.example.test"];

    public LabProcess Process { get; }

    /// <summary>Starts nginx on a node and returns when it accepts connections.</summary>
    public static Task<NginxBackend> StartAsync(LabNetwork network, LabHost node, CancellationToken cancellation = default) =>
        StartAsync(network, node, null, cancellation);

    /// <summary>The same, and HTTP on one more port of every IPv4 address the node has or gets.</summary>
    public static async Task<NginxBackend> StartAsync(LabNetwork network, LabHost node, int? everywhere, CancellationToken cancellation = default)
    {
        var prefix = Path.Combine(network.State.Directory, "nginx-" + node.Name);
        Directory.CreateDirectory(Path.Combine(prefix, "temp"));
        await WriteCertificateAsync(prefix, cancellation);
        var file = Path.Combine(prefix, "nginx.conf");
        await File.WriteAllTextAsync(file, Configuration(node, prefix, everywhere), cancellation);
        var process = await network.StartProcessAsync(
            node.Namespace, "nginx-" + node.Name, "nginx", "-p", prefix, "-c", file, "-e", Path.Combine(prefix, "error.log"));
        await WaitForListenerAsync(node, process, cancellation);
        return new NginxBackend(process);
    }

    /// <summary>SIGQUIT: answers what it has accepted, accepts no more, then ends.</summary>
    public Task<int> DrainAsync(CancellationToken cancellation = default)
    {
        Process.Signal(3);
        return Process.WaitForExitAsync(cancellation);
    }

    internal static string Configuration(LabHost node, string prefix, int? everywhere = null)
    {
        var text = new StringBuilder();
        text.Append($$"""
            daemon off;
            user root;
            worker_processes 1;
            pid {{prefix}}/nginx.pid;
            error_log stderr warn;
            events { worker_connections 4096; }
            http {
              access_log off;
              default_type text/plain;
              client_body_temp_path {{prefix}}/temp/body;
              proxy_temp_path {{prefix}}/temp/proxy;
              fastcgi_temp_path {{prefix}}/temp/fastcgi;
              uwsgi_temp_path {{prefix}}/temp/uwsgi;
              scgi_temp_path {{prefix}}/temp/scgi;
              ssl_certificate {{prefix}}/tls.crt;
              ssl_certificate_key {{prefix}}/tls.key;

            """);
        AppendServer(text, node, everywhere, "_", " default_server", "return 404 \"no such host, node " + node.Name + "\\n\";");
        foreach (var name in HostNames)
        {
            AppendServer(
                text, node, everywhere, name, "",
                $"add_header X-Node {node.Name} always; return 200 \"{name} answered by {node.Name} for $remote_addr\\n\";");
        }

        return text.Append("}\n").ToString();
    }

    private static void AppendServer(StringBuilder text, LabHost node, int? everywhere, string name, string flag, string answer) => text.Append($$"""
          server {
            listen {{node.ManagementAddress}}:{{HttpPort}}{{flag}};
            listen [{{node.ManagementAddress6}}]:{{HttpPort}}{{flag}};
            listen {{node.ManagementAddress}}:{{HttpsPort}} ssl{{flag}};
            listen [{{node.ManagementAddress6}}]:{{HttpsPort}} ssl{{flag}};
            {{(everywhere is { } port ? $"listen {port}{flag};" : "")}}
            server_name {{name}};
            location / { {{answer}} }
          }

        """);

    private static async Task WriteCertificateAsync(string prefix, CancellationToken cancellation)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + HostNames[0], key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in HostNames)
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(30));
        await File.WriteAllTextAsync(Path.Combine(prefix, "tls.crt"), certificate.ExportCertificatePem(), cancellation);
        await File.WriteAllTextAsync(Path.Combine(prefix, "tls.key"), key.ExportPkcs8PrivateKeyPem(), cancellation);
    }

    private static async Task WaitForListenerAsync(LabHost node, LabProcess process, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        while (true)
        {
            using var socket = node.Namespace.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(node.ManagementAddress, HttpPort), limit.Token);
                return;
            }
            catch (SocketException) when (process.IsRunning)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
            }
            catch (SocketException e)
            {
                throw new CommandFailedException($"nginx on {node} ended:\n{process.Output.Tail(20)}", e);
            }
        }
    }
}
