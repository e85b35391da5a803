// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Health;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>Runs quorum and notify programs, one after the other, so that of two changes the later is told last.</summary>
internal sealed class ForwardingHooks : IAsyncDisposable
{
    private const int Mailbox = 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(3);

    private readonly Channel<(ValueList<string> Command, string User)> _waiting = Channel.CreateBounded<(ValueList<string>, string)>(new BoundedChannelOptions(Mailbox) { SingleReader = true });
    private readonly HealthTools _tools;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;

    public ForwardingHooks(HealthTools tools, ILogger logger)
    {
        (_tools, _logger) = (tools, logger);
        _running = RunAsync();
    }

    /// <summary>Adds a program; one that is empty is none.</summary>
    public void Run(ValueList<string> command, string user)
    {
        if (command.Count > 0 && !_waiting.Writer.TryWrite((command, user)))
        {
            Log.HookDropped(_logger, command[0], Mailbox);
        }
    }

    /// <summary>Waits for those that were added, for three seconds; ends the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        using (CancellationTokenSource over = new(FarewellLimit, _tools.Time))
        await using (over.Token.UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), _end))
        {
            await _running;
        }

        _end.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (_waiting.Reader.TryRead(out (ValueList<string> Command, string User) next) && !_end.IsCancellationRequested)
            {
                await RunAsync(next.Command, next.User);
            }

            if (_end.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task RunAsync(ValueList<string> command, string user)
    {
        using CancellationTokenSource limit = new(Limit, _tools.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _end.Token);
        try
        {
            (int? status, string words) = await _tools.Scripts.RunAsync(command, user, "", either.Token);
            if (status != 0)
            {
                Log.HookFailed(_logger, command[0], status is { } ended ? $"exit status {ended}" : words);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            Log.HookFailed(_logger, command[0], $"it took more than {Limit.TotalSeconds} s, or this process ends");
        }
    }
}
