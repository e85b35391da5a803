// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Health;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tests.Health;

/// <summary>Checks against servers of this process that answer well, badly, slowly or not at all.</summary>
public sealed class ProbeTests
{
    private static readonly IpAddr Loopback = IpAddr.Parse("127.0.0.1");

    private static HealthCheck Check(CheckKind kind, double timeout = 20) => new() { Kind = kind, Timeout = TimeSpan.FromSeconds(timeout), Interval = TimeSpan.FromHours(1), Warmup = TimeSpan.Zero };

    private static HealthCheck Http(HttpRequestCheck request, double timeout = 20) => Check(CheckKind.Http, timeout) with { Requests = [request] };

    private static async Task<HealthVerdict> Ask(HealthCheck check, int port)
    {
        TaskCompletionSource<HealthVerdict> verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HealthWatch watch = new(check, Loopback, port, new() { Scripts = new ScriptedRunner() }, TrackState.Unknown, v => verdict.TrySetResult(v));
        return await verdict.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    // A port that was free a moment ago.
    private static int ClosedPort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    [Fact]
    public async Task Tcp_ServerListens_IsUp()
    {
        await using StubServer server = StubServer.Hanging();

        Assert.Equal(new HealthVerdict(true, "connected"), await Ask(Check(CheckKind.Tcp), server.Port));
    }

    [Theory]
    [InlineData(CheckKind.Tcp)]
    [InlineData(CheckKind.Http)]
    [InlineData(CheckKind.Https)]
    [InlineData(CheckKind.Smtp)]
    public async Task Port_Closed_IsConnectionRefused(CheckKind kind) => Assert.Equal(new HealthVerdict(false, "connection refused"), await Ask(Check(kind), ClosedPort()));

    [Fact]
    public async Task Connect_ToAndFrom_AreAsTheCheckSays()
    {
        await using StubServer server = StubServer.Hanging();
        int source = ClosedPort();
        HealthCheck check = Check(CheckKind.Tcp) with { ConnectAddress = Loopback, ConnectPort = server.Port, BindAddress = IpAddr.Parse("127.0.0.7"), BindPort = source };

        Assert.True((await Ask(check, 1)).IsUp);

        Assert.Equal(new IPEndPoint(IPAddress.Parse("127.0.0.7"), source), Assert.Single(server.Peers));
    }

    [Fact]
    public async Task Bind_AddressOfAnother_SaysSo() =>
        Assert.Equal("bindAddress is no address of this node", (await Ask(Check(CheckKind.Tcp) with { BindAddress = IpAddr.Parse("192.0.2.1") }, 1)).Words);

    [Theory]
    [InlineData(200, "", true, "status 200")]
    [InlineData(204, "", true, "status 204")]
    [InlineData(302, "", false, "status 302, wanted 200-299")]
    [InlineData(503, "", false, "status 503, wanted 200-299")]
    [InlineData(503, "200,500-599", true, "status 503")]
    [InlineData(404, "200,500-599", false, "status 404, wanted 200, 500-599")]
    public async Task Http_Status_IsJudged(int status, string wanted, bool isUp, string words)
    {
        await using StubServer server = StubServer.Answering($"HTTP/1.1 {status} Some\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
        StatusRange[] ranges = [.. wanted.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static r => r.Split('-')).Select(static r => new StatusRange(int.Parse(r[0], null), int.Parse(r[^1], null)))];

        Assert.Equal(new HealthVerdict(isUp, words), await Ask(Http(new() { Status = [.. ranges] }), server.Port));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Http_Request_HasPathHostAndOwnConnection()
    {
        ConcurrentQueue<string> requests = new();
        await using StubServer server = new(async (stream, stop) =>
        {
            requests.Enqueue(await StubServer.ReadRequestAsync(stream, stop));
            await stream.WriteAsync("HTTP/1.0 200 OK\r\n\r\nhello"u8.ToArray(), stop);
        });

        HealthVerdict verdict = await Ask(Check(CheckKind.Http) with { Requests = [new() { Path = "/a?b=%20c", Host = "www.example.net" }, new() { Path = "/d" }] }, server.Port);

        Assert.True(verdict.IsUp, verdict.Words);
        string[] got = [.. requests];
        Assert.Equal(2, got.Length);
        Assert.StartsWith("GET /a?b=%20c HTTP/1.1\r\n", got[0], StringComparison.Ordinal);
        Assert.Contains("Host: www.example.net\r\n", got[0], StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", got[0], StringComparison.Ordinal);
        Assert.StartsWith("GET /d HTTP/1.1\r\n", got[1], StringComparison.Ordinal);
        Assert.Contains($"Host: 127.0.0.1:{server.Port}\r\n", got[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_SecondRequestFails_IsDown()
    {
        int served = 0;
        await using StubServer server = new(async (stream, stop) =>
        {
            await StubServer.ReadRequestAsync(stream, stop);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {(Interlocked.Increment(ref served) == 1 ? 200 : 500)} Some\r\nContent-Length: 0\r\n\r\n"), stop);
        });

        Assert.Equal("status 500, wanted 200-299", (await Ask(Check(CheckKind.Http) with { Requests = [new(), new()] }, server.Port)).Words);
    }

    [Theory]
    [InlineData("all is ok", "^all.*ok$", "", true, "the body is as wanted")]
    [InlineData("all is well", "ok", "", false, "the body does not match bodyMatches")]
    [InlineData("ok, draining", "ok", "draining", false, "the body matches bodyMatchesNot")]
    public async Task Http_Body_IsMatched(string body, string matches, string matchesNot, bool isUp, string words)
    {
        await using StubServer server = StubServer.Answering($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n");

        Assert.Equal(new HealthVerdict(isUp, words), await Ask(Http(new() { BodyMatches = matches, BodyMatchesNot = matchesNot }), server.Port));
    }

    [Theory]
    [InlineData("hello", true)]
    [InlineData("hullo", false)]
    public async Task Http_Digest_IsMd5OfTheBody(string body, bool isUp)
    {
        await using StubServer server = StubServer.Answering($"HTTP/1.1 200 OK\r\n\r\n{body}");

        HealthVerdict verdict = await Ask(Http(new() { Digest = "5D41402ABC4B2A76B9719D911017C592" }), server.Port);

        Assert.Equal(isUp, verdict.IsUp);
        Assert.Contains(isUp ? "as wanted" : "digest", verdict.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_BodyWithoutEnd_IsReadOnlySoFar()
    {
        long written = 0;
        await using StubServer server = new(async (stream, stop) =>
        {
            await StubServer.ReadRequestAsync(stream, stop);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), stop);
            for (byte[] block = new byte[65536]; ; written += block.Length)
            {
                await stream.WriteAsync(block, stop);
            }
        });

        HealthVerdict verdict = await Ask(Http(new() { BodyMatches = "ok" }), server.Port);

        Assert.False(verdict.IsUp);
        Assert.StartsWith("a body of more than 1 MiB", verdict.Words, StringComparison.Ordinal);
        Assert.InRange(written, 0, 64 << 20);
    }

    [Fact]
    public async Task Http_BodyNotCompared_IsNotWaitedFor()
    {
        await using StubServer server = new(static async (stream, stop) =>
        {
            await StubServer.ReadRequestAsync(stream, stop);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"u8.ToArray(), stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        });

        Assert.True((await Ask(Check(CheckKind.Http), server.Port)).IsUp);
    }

    [Theory]
    [InlineData("\0\u0001\u0002garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData("220 mail.example.net ESMTP\r\n\r\n")]
    [InlineData("")]
    public async Task Http_Garbage_IsDown(string answer)
    {
        await using StubServer server = StubServer.Answering(answer);

        HealthVerdict verdict = await Ask(Check(CheckKind.Http), server.Port);

        Assert.False(verdict.IsUp);
        Assert.StartsWith("no HTTP", verdict.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_HeadersWithoutEnd_AreReadOnlySoFar()
    {
        await using StubServer server = new(static async (stream, stop) =>
        {
            await StubServer.ReadRequestAsync(stream, stop);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), stop);
            for (byte[] line = Encoding.ASCII.GetBytes($"X: {new string('x', 1000)}\r\n"); ;)
            {
                await stream.WriteAsync(line, stop);
            }
        });

        Assert.StartsWith("no HTTP", (await Ask(Check(CheckKind.Http), server.Port)).Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CheckKind.Http, "the answer to GET /")]
    [InlineData(CheckKind.Https, "the TLS handshake")]
    [InlineData(CheckKind.Smtp, "the greeting")]
    public async Task Server_ThatHangs_FailsInTime(CheckKind kind, string awaited)
    {
        await using StubServer server = StubServer.Hanging();

        Assert.Equal(new HealthVerdict(false, $"no answer within 0.2 s: waited for {awaited}"), await Ask(Check(kind, 0.2), server.Port));
    }

    [Fact]
    public async Task Http_OneOctetAtATime_FailsInTime()
    {
        await using StubServer server = new(static async (stream, stop) =>
        {
            await StubServer.ReadRequestAsync(stream, stop);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), stop);
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), stop);
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, stop);
            }
        });

        Assert.Equal("no answer within 0.3 s: waited for the end of the body of /", (await Ask(Http(new() { BodyMatches = "y" }, 0.3), server.Port)).Words);
    }

    [Theory]
    [InlineData("www.example.net")]
    [InlineData("")]
    public async Task Https_CertificateOfNobody_IsTakenAndTheNameIsSent(string name)
    {
        ConcurrentQueue<string?> names = new();
        using X509Certificate2 certificate = Certificate();
        await using StubServer server = new(async (stream, stop) =>
        {
            await using SslStream secure = new(stream);
            await secure.AuthenticateAsServerAsync((_, hello, _, _) =>
            {
                names.Enqueue(hello.ServerName);
                return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = certificate });
            }, null, stop);
            await StubServer.ReadRequestAsync(secure, stop);
            await secure.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), stop);
        });

        HealthVerdict verdict = await Ask(Check(CheckKind.Https) with { ServerName = name, Requests = [new() { BodyMatches = "ok" }] }, server.Port);

        Assert.Equal(new HealthVerdict(true, "the body is as wanted"), verdict);
        Assert.Equal(name, Assert.Single(names) ?? "");
    }

    [Fact]
    public async Task Https_ServerWithoutTls_IsDown()
    {
        await using StubServer server = new(static (stream, stop) => stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), stop).AsTask());

        Assert.StartsWith("no TLS", (await Ask(Check(CheckKind.Https), server.Port)).Words, StringComparison.Ordinal);
    }

    private static X509Certificate2 Certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=nobody", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
    }

    [Theory]
    [InlineData("220-mail.example.net\r\n220 ready\r\n", "250 hello\r\n", true, "greeted and answered HELO")]
    [InlineData("554 no service\r\n", "", false, "greeted with \"554 no service\", wanted 220")]
    [InlineData("220 ready\r\n", "501 who?\r\n", false, "answered HELO with \"501 who?\", wanted 250")]
    [InlineData("SSH-2.0-Server\r\n", "", false, "greeted with \"SSH-2.0-Server\", wanted 220")]
    [InlineData("", "", false, "greeted with \"nothing: the server closed the connection\", wanted 220")]
    [InlineData("220-mail.example.net\r\n", "", false, "greeted with \"nothing: the server closed the connection\", wanted 220")]
    public async Task Smtp_Dialogue_IsJudged(string greeting, string answer, bool isUp, string words)
    {
        string heard = "";
        await using StubServer server = new(async (stream, stop) =>
        {
            byte[] buffer = new byte[256];
            await stream.WriteAsync(Encoding.ASCII.GetBytes(greeting), stop);
            if (answer.Length > 0)
            {
                heard = Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, stop));
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), stop);
                _ = await stream.ReadAsync(buffer, stop);
            }
        });

        Assert.Equal(new HealthVerdict(isUp, words), await Ask(Check(CheckKind.Smtp) with { Name = "lb.example.net" }, server.Port));
        Assert.Equal(answer.Length > 0 ? "HELO lb.example.net\r\n" : "", heard);
    }

    [Fact]
    public async Task Smtp_GreetingWithoutEnd_IsReadOnlySoFar()
    {
        await using StubServer server = new(static async (stream, stop) =>
        {
            while (true)
            {
                await stream.WriteAsync("220-still greeting\r\n"u8.ToArray(), stop);
            }
        });

        Assert.Equal("greeted with \"more than 8192 octets\", wanted 220", (await Ask(Check(CheckKind.Smtp), server.Port)).Words);
    }

    [Theory]
    [InlineData(CheckKind.Udp, false, "", "", true, "no objection")]
    [InlineData(CheckKind.Udp, true, "", "", false, "no answer within 0.3 s: waited for a reply")]
    [InlineData(CheckKind.Udp, true, "0102", "", true, "reply of 2 octets")]
    [InlineData(CheckKind.Udp, true, "0102", "02xx", true, "reply of 2 octets")]
    [InlineData(CheckKind.Udp, false, "0102", "03", false, "another reply: 0203, wanted 03")]
    public async Task Udp_Reply_IsJudged(CheckKind kind, bool required, string payload, string reply, bool isUp, string words)
    {
        using Socket server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Task echo = AnswerDatagram(server, static octets => octets.Length == 0 ? null : [.. octets.Select(static o => (byte)(o + 1))]);

        HealthVerdict verdict = await Ask(Check(kind, 0.3) with { RequireReply = required, Payload = payload, Reply = reply }, ((IPEndPoint)server.LocalEndPoint!).Port);

        Assert.Equal(new HealthVerdict(isUp, words), verdict);
        await echo;
    }

    [Fact]
    public async Task Udp_PortClosed_IsUnreachable() => Assert.Equal(new HealthVerdict(false, "port unreachable"), await Ask(Check(CheckKind.Udp), ClosedPort()));

    [Theory]
    [InlineData(0, true, "answered with 1 records")]
    [InlineData(2, false, "answered SERVFAIL: the server could not find an answer")]
    public async Task Dns_Answer_IsJudged(byte code, bool isUp, string words)
    {
        using Socket server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Task answers = AnswerDatagram(server, q => [q[0], q[1], 0x81, (byte)(0x80 | code), 0, 1, 0, 1, 0, 0, 0, 0, .. q[12..]]);

        Assert.Equal(new HealthVerdict(isUp, words), await Ask(Check(CheckKind.Dns) with { QueryType = "A", Name = "www.example.net" }, ((IPEndPoint)server.LocalEndPoint!).Port));
        await answers;
    }

    private static async Task AnswerDatagram(Socket server, Func<byte[], byte[]?> answer)
    {
        byte[] buffer = new byte[1024];
        SocketReceiveFromResult received = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), TestContext.Current.CancellationToken);
        if (answer(buffer[..received.ReceivedBytes]) is { } octets)
        {
            await server.SendToAsync(octets, received.RemoteEndPoint, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task HundredChecks_OfAServerThatHangs_HoldASocketEachAndNoneAfterwards()
    {
        const int Checks = 100;
        await using StubServer server = StubServer.Hanging();
        ConcurrentQueue<Socket> opened = new();
        int most = 0;
        HealthTools tools = new()
        {
            Scripts = new ScriptedRunner(),
            OpenSocket = (family, type, protocol) =>
            {
                Socket socket = new(family, type, protocol);
                opened.Enqueue(socket);
                int open = opened.Count(static s => !s.SafeHandle.IsClosed);
                for (int seen = most; open > seen; seen = most)
                {
                    Interlocked.CompareExchange(ref most, open, seen);
                }

                return socket;
            },
        };
        HealthCheck check = Check(CheckKind.Http, 0.05) with { Interval = TimeSpan.FromMilliseconds(1) };
        HealthWatch[] watches = [.. Enumerable.Range(0, Checks).Select(_ => new HealthWatch(check, Loopback, server.Port, tools, TrackState.Up, static _ => { }))];

        await Eventually.Holds(() => watches.All(static w => w.Counts.Asked >= 3));
        foreach (HealthWatch watch in watches)
        {
            await watch.DisposeAsync();
        }

        Assert.InRange(most, 1, Checks);
        Assert.All(opened, static socket => Assert.True(socket.SafeHandle.IsClosed));
    }
}
