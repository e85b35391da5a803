// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace LoadBalancer.Lab.State;

/// <summary>The labs of this process, taken down when it is told to end.</summary>
internal static class OwnedLabs
{
    private static readonly HashSet<LabState> Labs = [];
    private static readonly Lock Gate = new();
    private static PosixSignalRegistration[]? _signals;

    internal static void Add(LabState state)
    {
        lock (Gate)
        {
            Labs.Add(state);
            if (_signals is not null)
                return;
            _signals =
            [
                PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
                PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
                PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
            ];
            AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveAll();
        }
    }

    internal static void Remove(LabState state)
    {
        lock (Gate)
            Labs.Remove(state);
    }

    private static void OnSignal(PosixSignalContext context)
    {
        RemoveAll();
        // A host with a handler of its own (a test runner) now ends in its own way; the others end by the signal's default.
    }

    private static void RemoveAll()
    {
        LabState[] labs;
        lock (Gate)
        {
            labs = [.. Labs];
            Labs.Clear();
        }

#pragma warning disable VSTHRD002 // the process is ending: this is its last chance to clean up
        Task.WhenAll(labs.Select(l => Sweep.RemoveAsync(l))).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }
}
