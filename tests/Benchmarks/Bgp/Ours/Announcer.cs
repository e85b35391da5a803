// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Bgp.Ours;

/// <summary>Our announcer as seen from the benchmark: a process in a node's namespace, and the line to it.</summary>
internal sealed class Announcer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OrderLimit = TimeSpan.FromMinutes(2);
    private static int _started;

    private readonly LabProcess _process;
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    private Announcer(LabProcess process, NetworkStream stream)
    {
        (_process, _stream) = (process, stream);
        _reader = new StreamReader(stream);
        _writer = new StreamWriter(stream) { AutoFlush = true };
    }

    internal static async Task<Announcer> StartAsync(LabNetwork network, LabHost host, CancellationToken cancellation)
    {
        var number = ++_started;
        var control = Path.Combine(network.State.Directory, string.Create(CultureInfo.InvariantCulture, $"ann{number}.sock"));
        var process = await network.StartProcessAsync(host.Namespace, new LabProcessOptions
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"announcer-{number}"),
            File = Path.Combine(AppContext.BaseDirectory, "bench"),
            Arguments = ["announcer", control],
            // As the daemon is built: Daemon.props.
            Environment = new Dictionary<string, string>
            {
                ["DOTNET_gcServer"] = "0",
                ["DOTNET_gcConcurrent"] = "0",
                ["DOTNET_GCConserveMemory"] = "5",
                ["DOTNET_GCGen0MaxBudget"] = "200000",
                ["DOTNET_TieredPGO"] = "0",
                ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
            },
        });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        try
        {
            while (true)
            {
                if (!process.IsRunning)
                    throw new CommandFailedException($"the announcer ended:\n{process.Output.Tail(20)}");
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(control), limit.Token);
                    return new Announcer(process, new NetworkStream(socket, ownsSocket: true));
                }
                catch (SocketException)
                {
                    socket.Dispose();
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
            }
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Octets resident in memory.</summary>
    internal long ResidentBytes => _process.ResidentBytes;

    internal TimeSpan ProcessorTime => _process.ProcessorTime;

    internal async Task<string> DoAsync(FormattableString order, CancellationToken cancellation)
    {
        await _writer.WriteLineAsync(order.ToString(CultureInfo.InvariantCulture).AsMemory(), cancellation);
        return await _reader.ReadLineAsync(cancellation).AsTask().WaitAsync(OrderLimit, TimeProvider.System, cancellation)
            ?? throw new CommandFailedException($"the announcer ended during \"{order.ToString(CultureInfo.InvariantCulture)}\":\n{_process.Output.Tail(20)}");
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _writer.DisposeAsync();
        await _stream.DisposeAsync();
        await _process.DisposeAsync();
    }
}
