// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Net.Sockets;

namespace LoadBalancer.Benchmarks.Bgp.Ours;

/// <summary>The command by which the benchmark starts itself as an announcer inside a namespace.</summary>
internal static class AnnouncerCommand
{
    internal static Command Create()
    {
        var control = new Argument<string>("control") { Description = "Unix socket for orders" };
        var command = new Command("announcer", "The speaker's BGP plane, by order of another bench") { control };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(control)!, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string control, CancellationToken cancellation)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(control));
        await using var host = new AnnouncerHost();
        listener.Listen(1);
        using var master = await listener.AcceptAsync(cancellation);
        await using var stream = new NetworkStream(master);
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { AutoFlush = true };
        while (await reader.ReadLineAsync(cancellation) is { } order)
            await writer.WriteLineAsync(await host.DoAsync(order, cancellation));
        return 0;
    }
}
