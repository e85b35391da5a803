// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Tests.Client;

public sealed class ApiClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_ManyPages_FollowsContinueAndKeepsTheVersion()
    {
        await using var server = await ScriptedServer.StartAsync((context, seen) => ScriptedServer.JsonAsync(context, 200, seen.Query switch
        {
            "?limit=2&labelSelector=a%3Db&fieldSelector=metadata.name%3Dx" => Samples.List("10", "t/1", Samples.Service("a", "u1", "1"), Samples.Service("b", "u2", "2")),
            "?limit=2&labelSelector=a%3Db&fieldSelector=metadata.name%3Dx&continue=t%2F1" => Samples.List("10", "", Samples.Service("c", "u3", "3")),
            _ => "unexpected " + seen.Query,
        }));
        using var client = Samples.Client(server, new() { PageSize = 2 });
        var list = await client.ListAsync(Kinds.Service, new(LabelSelector: "a=b", FieldSelector: "metadata.name=x"), Cancellation);
        Assert.Equal(["a", "b", "c"], list.Items.Select(item => item.Metadata.Name));
        Assert.Equal("10", list.ResourceVersion);
        Assert.All(server.Seen, seen => Assert.Equal(("/api/v1/services", "Bearer secret"), (seen.Path, seen.Authorization)));
    }

    [Fact]
    public async Task List_ContinueTokenExpires_BeginsAgain()
    {
        var expired = false;
        await using var server = await ScriptedServer.StartAsync((context, seen) =>
        {
            if (seen.Query.Contains("continue=old", StringComparison.Ordinal))
            {
                expired = true;
                return ScriptedServer.StatusAsync(context, 410, "Expired");
            }
            return seen.Query.Contains("continue=new", StringComparison.Ordinal)
                ? ScriptedServer.JsonAsync(context, 200, Samples.List("20", "", Samples.Service("z", "u9", "9")))
                : ScriptedServer.JsonAsync(context, 200, Samples.List("20", expired ? "new" : "old", Samples.Service("a", "u1", "1")));
        });
        using var client = Samples.Client(server);
        var list = await client.ListAsync(Kinds.Service, default, Cancellation);
        Assert.Equal(["a", "z"], list.Items.Select(item => item.Metadata.Name));
    }

    [Fact]
    public async Task List_OneItemOfTheWrongShape_IsNamedAndTheRestIsRead()
    {
        const string Broken = """{"metadata":{"name":"bad","namespace":"default","uid":"u2"},"spec":{"type":["no"]}}""";
        await using var server = await ScriptedServer.StartAsync((context, _) =>
            ScriptedServer.JsonAsync(context, 200, Samples.List("5", "", Samples.Service("a", "u1", "1"), Broken, Samples.Service("c", "u3", "3"))));
        using var client = Samples.Client(server);
        var list = await client.ListAsync(Kinds.Service, default, Cancellation);
        Assert.Equal(["a", "c"], list.Items.Select(item => item.Metadata.Name));
        var unreadable = Assert.Single(list.Unreadable);
        Assert.Equal("u2", unreadable.Metadata.Uid);
        Assert.Contains("Service default/bad", unreadable.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patch_Status_SendsExactlyWhatWasWritten()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.JsonAsync(context, 200, Samples.Service("a", "u1", "2")));
        using var client = Samples.Client(server);
        for (var i = 0; i < 3; i++)
        {
            var patched = await client.PatchAsync(
                Kinds.Service,
                "default",
                "a",
                PatchType.Merge,
                "192.0.2.1",
                static (writer, address) =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("ip"u8, address);
                    writer.WriteEndObject();
                },
                PatchOptions.Status,
                Cancellation);
            Assert.Equal("2", patched.Metadata.ResourceVersion);
        }
        Assert.All(server.Seen, seen => Assert.Equal(
            ("PATCH", "/api/v1/namespaces/default/services/a/status", """{"ip":"192.0.2.1"}""", "application/merge-patch+json"),
            (seen.Method, seen.Path, seen.Body, seen.ContentType)));
    }

    [Fact]
    public async Task Apply_NamesManagerAndLeavesOutWhatIsEmpty()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.JsonAsync(context, 200, "{}"));
        using var client = Samples.Client(server);
        var status = new ServiceL2Status
        {
            Metadata = new() { Name = "l2-a", Namespace = "lb" },
            Status = new() { Node = "n1", Interfaces = [new() { Name = "eth0" }] },
        };
        await client.ApplyAsync(Kinds.ServiceL2Status, status, new("status", "speaker", Force: true), Cancellation);
        var seen = Assert.Single(server.Seen);
        Assert.Equal("/apis/metallb.io/v1beta1/namespaces/lb/servicel2statuses/l2-a/status", seen.Path);
        Assert.Equal("?fieldManager=speaker&force=true", seen.Query);
        Assert.Equal("application/apply-patch+yaml", seen.ContentType);
        Assert.Equal(
            """{"apiVersion":"metallb.io/v1beta1","kind":"ServiceL2Status","metadata":{"name":"l2-a","namespace":"lb"},"status":{"node":"n1","interfaces":[{"name":"eth0"}]}}""",
            seen.Body);
    }

    [Fact]
    public async Task Delete_WithPreconditions_SendsThemAndTakesAbsenceForDone()
    {
        await using var server = await ScriptedServer.StartAsync((context, seen) => seen.Path.EndsWith("/gone", StringComparison.Ordinal)
            ? ScriptedServer.StatusAsync(context, 404, "NotFound")
            : ScriptedServer.JsonAsync(context, 200, "{}"));
        using var client = Samples.Client(server);
        Assert.True(await client.DeleteAsync(Kinds.Service, "default", "a", new("u1", "7"), Cancellation));
        Assert.False(await client.DeleteAsync(Kinds.Service, "default", "gone", default, Cancellation));
        Assert.Equal("""{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u1","resourceVersion":"7"}}""", server.Seen.First().Body);
    }

    [Theory]
    [InlineData(429, "POST", 3)]
    [InlineData(503, "GET", 3)]
    [InlineData(503, "POST", 1)]
    [InlineData(500, "GET", 1)]
    public async Task Call_ServerSaysLater_IsRepeatedWhereThatIsSafe(int code, string method, int calls)
    {
        await using var server = await ScriptedServer.StartAsync((context, _) =>
        {
            context.Response.Headers.RetryAfter = "1";
            return ScriptedServer.StatusAsync(context, code, "Later");
        });
        using var client = Samples.Client(server, new() { MaxAttempts = 3, MaxRetryAfter = TimeSpan.FromMilliseconds(20) });
        var fault = await Assert.ThrowsAsync<ApiException>(() => method == "GET"
            ? client.GetAsync(Kinds.Node, null, "n1", Cancellation)
            : client.CreateAsync(Kinds.Node, new() { Metadata = new() { Name = "n1" } }, Cancellation));
        Assert.Equal((code, TimeSpan.FromSeconds(1), calls), (fault.Code, fault.RetryAfter, server.Seen.Count));
        Assert.True(fault.IsTransient);
    }

    [Fact]
    public async Task Call_Refused_SaysReasonAndCauses()
    {
        const string Invalid = """{"kind":"Status","status":"Failure","message":"spec is wrong","reason":"Invalid","code":422,"details":{"name":"a","causes":[{"reason":"FieldValueInvalid","message":"no","field":"spec.x"}]}}""";
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.JsonAsync(context, 422, Invalid));
        using var client = Samples.Client(server);
        var fault = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
        Assert.Equal((422, "Invalid", "spec.x"), (fault.Code, fault.Reason, fault.Status!.Details!.Causes[0].Field));
        Assert.Contains("GET /api/v1/nodes/n1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("spec is wrong", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "<html>hello\u0007 there</html>")]
    [InlineData(200, "")]
    [InlineData(200, "[1,2")]
    [InlineData(200, "null")]
    [InlineData(200, "\"text\"")]
    [InlineData(502, "<html>bad gateway</html>")]
    public async Task Call_Garbage_IsOneReadableSentence(int code, string body)
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.JsonAsync(context, code, body + new string(' ', body.Length > 5 ? 5000 : 0)));
        using var client = Samples.Client(server);
        var get = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
        var list = await Assert.ThrowsAsync<ApiException>(() => client.ListAsync(Kinds.Node, default, Cancellation));
        Assert.All([get, list], fault =>
        {
            Assert.Equal(code == 200 ? ApiErrorKind.BadAnswer : ApiErrorKind.Status, fault.Kind);
            Assert.InRange(fault.Message.Length, 40, 600);
            Assert.DoesNotContain(fault.Message, char.IsControl);
        });
    }

    [Fact]
    public async Task Call_EndlessAnswer_IsCutOff()
    {
        await using var server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            var block = Encoding.ASCII.GetBytes(new string('x', 65536));
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(block);
        });
        using var client = Samples.Client(server, new() { MaxAnswerOctets = 1 << 20 });
        var fault = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
        Assert.Equal(ApiErrorKind.BadAnswer, fault.Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_ServerHangs_EndsAtItsDeadline(bool afterHeaders)
    {
        await using var server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            if (afterHeaders) await ScriptedServer.WatchAsync(context, "{");
            await ScriptedServer.HangAsync(context);
        });
        using var client = Samples.Client(server, new() { RequestTimeout = TimeSpan.FromMilliseconds(200) });
        var fault = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
        Assert.Equal(ApiErrorKind.Timeout, fault.Kind);
        Assert.Contains("0.2 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_OwnTokenCancelled_IsCancellationAndNoApiFault()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.HangAsync(context));
        using var client = Samples.Client(server);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync(Kinds.Node, null, "n1", stop.Token));
    }

    [Fact]
    public async Task Call_ServerNeverAgreesToTls_IsATimeoutAndNoCancellation()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using var client = Samples.Client(new KubeConfig { Server = new($"https://127.0.0.1:{port}") }, new() { ConnectTimeout = TimeSpan.FromMilliseconds(200) });
        var fault = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
        Assert.Equal(ApiErrorKind.Timeout, fault.Kind);
        Assert.Contains("0.2 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_NothingListens_SaysSo()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var client = Samples.Client(new KubeConfig { Server = new($"http://127.0.0.1:{port}") });
        var fault = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
        Assert.Equal(ApiErrorKind.Unreachable, fault.Kind);
        Assert.Contains("nothing listens", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_RefusedAfterItWasReplacedOnDisk_IsReadAgain()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "old\n", Cancellation);
            await using var server = await ScriptedServer.StartAsync((context, seen) => seen.Authorization == "Bearer new"
                ? ScriptedServer.JsonAsync(context, 200, """{"metadata":{"name":"n1"}}""")
                : ScriptedServer.StatusAsync(context, 401, "Unauthorized"));
            using var client = Samples.Client(new KubeConfig { Server = server.Address, TokenFile = file });
            var fault = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Kinds.Node, null, "n1", Cancellation));
            Assert.Equal(401, fault.Code);
            await File.WriteAllTextAsync(file, "new\n", Cancellation);
            Assert.Equal("n1", (await client.GetAsync(Kinds.Node, null, "n1", Cancellation)).Metadata.Name);
            Assert.Equal(4, server.Seen.Count);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Calls_ManyAtOnce_AllSucceed()
    {
        await using var server = await ScriptedServer.StartAsync((context, seen) =>
            ScriptedServer.JsonAsync(context, 200, seen.Body));
        using var client = Samples.Client(server);
        await Parallel.ForAsync(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancellation }, async (number, token) =>
        {
            var patched = await client.PatchAsync(
                Kinds.Service, "default", $"s{number}", PatchType.Merge, number, WriteName, PatchOptions.Status, token);
            Assert.Equal($"s{number}", patched.Metadata.Name);
        });
    }

    private static void WriteName(System.Text.Json.Utf8JsonWriter writer, int number)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("name"u8, $"s{number}");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
