// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using LoadBalancer.Lab.Native;

namespace LoadBalancer.Lab.Processes;

/// <summary>One thread of a process that stands still, as if it got no processor, until this is disposed. The others go on.</summary>
public sealed class HeldThread : IDisposable
{
    // ptrace(2): whoever holds a thread must be one and the same thread from begin to end.
    private const int Detach = 17;
    private const int Seize = 0x4206;
    private const int Interrupt = 0x4207;
    private const int AnyThread = 0x40000000;

    private readonly ManualResetEventSlim _held = new();
    private readonly ManualResetEventSlim _released = new();
    private readonly Thread _holder;
    private int _error;

    private HeldThread(int thread)
    {
        _holder = new Thread(() => Hold(thread)) { IsBackground = true, Name = "thread holder" };
        _holder.Start();
    }

    /// <summary>Holds the thread of a process that has a certain name.</summary>
    public static HeldThread Of(LabProcess process, string name)
    {
        var thread = Directory.EnumerateDirectories($"/proc/{process.Pid}/task").Single(d => File.ReadAllText(d + "/comm").Trim() == name);
        var held = new HeldThread(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture));
        held._held.Wait();
        if (held._error == 0)
            return held;
        held.Dispose();
        throw new Win32Exception(held._error, $"hold thread {name} of {process.Name}");
    }

    private void Hold(int thread)
    {
        if (Libc.Trace(Seize, thread, 0, 0) != 0 || Libc.Trace(Interrupt, thread, 0, 0) != 0 || Libc.WaitFor(thread, 0, AnyThread) != thread)
        {
            _error = Marshal.GetLastPInvokeError();
            _held.Set();
            return;
        }

        _held.Set();
        _released.Wait();
        _ = Libc.Trace(Detach, thread, 0, 0);
    }

    public void Dispose()
    {
        _released.Set();
        _holder.Join();
        _held.Dispose();
        _released.Dispose();
    }
}
