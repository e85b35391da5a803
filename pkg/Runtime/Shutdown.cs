// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace LoadBalancer.Runtime;

/// <summary>SIGTERM and SIGINT as a token: the first signal asks for an orderly end, a second one ends the process at once.</summary>
public sealed class Shutdown : IDisposable
{
    private const int ExitCodeOfSecondSignal = 130;

    private readonly CancellationTokenSource _requested = new();
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    /// <summary>Begins to listen for the signals.</summary>
    public Shutdown()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _requested.Token;

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_requested.IsCancellationRequested)
        {
            Environment.Exit(ExitCodeOfSecondSignal);
        }

        _requested.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _requested.Dispose();
    }
}
