// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using LoadBalancer.Linux.Programs;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp.Tracking;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Vipd.Tests.Tracking;

/// <summary>A tracking plane with a directory for its scripts and files, and everything it has reported.</summary>
internal sealed class TrackHost : ITrackSink, IAsyncDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_101_101;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ProgramRunner _programs;

    public TrackHost()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("vipdtrack-").FullName;
        File.SetUnixFileMode(Directory, Everybody);
        _programs = new();
        Plane = new(this, _programs, NullLogger.Instance, TimeProvider.System);
    }

    public string Directory { get; }

    public TrackingPlane Plane { get; }

    public ConcurrentQueue<TrackReport> Reports { get; } = new();

    public void Take(TrackReport report) => Reports.Enqueue(report);

    public string At(string name) => Path.Combine(Directory, name);

    public string Script(string name, string body)
    {
        string path = At(name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, Everybody);
        return path;
    }

    public TrackReport Now(string name) => Plane.Current.FirstOrDefault(report => report.Name == name);

    public Task<TrackReport> UntilAsync(string name, TrackState state, string words = "") =>
        UntilAsync(name, report => report.State == state && report.Detail.Contains(words, StringComparison.Ordinal));

    public async Task<TrackReport> UntilAsync(string name, Predicate<TrackReport> wanted)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!wanted(Now(name)))
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                Assert.Fail($"{name} is {Now(name)}");
            }
        }

        return Now(name);
    }

    public static VipConfiguration Of(params ReadOnlySpan<TrackedScript> scripts) => new() { Scripts = [.. scripts.ToArray()] };

    public async ValueTask DisposeAsync()
    {
        await Plane.DisposeAsync();
        _programs.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
