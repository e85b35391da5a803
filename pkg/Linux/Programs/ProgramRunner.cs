// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Programs;

/// <summary>
/// Runs other programs: without a shell, each in a process group of its own, as the account it is meant for. One thread starts
/// and watches all of them by their descriptors (pidfd_open(2)); none is waited for. The runtime's own Process can neither make
/// a group, so that children of a script that hangs would outlive it, nor choose a primary group.
/// </summary>
public sealed unsafe partial class ProgramRunner : IDisposable
{
    private const int Mailbox = 4096;
    private const int Interrupted = 15;
    private const int Killed = 9;
    private const int MostPipes = 64;
    private const int ByProcess = 1;
    private const int WaitNow = 0x1 | 0x4;
    private const int InformationOctets = 128;
    private const int ExitedByItself = 1;

    /// <summary>From being asked to end until being forced.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly Reactor _reactor = new(Mailbox);
    private readonly HashSet<ProgramRun> _running = [];
    private readonly List<Pipe> _pipes = [];
    private readonly byte[] _output = GC.AllocateArray<byte>(4096, pinned: true);
    private Credentials? _credentials;

    /// <summary>A runner whose thread has started.</summary>
    public ProgramRunner() => _reactor.Start("programs", Settle, realTime: false);

    /// <summary>Ends with the thread; carries the fault that ended it.</summary>
    public Task Completion => _reactor.Completion;

    /// <summary>Starts a program. Its end is told once, on the runner's thread, which must not be held up.</summary>
    public ProgramRun Start(ProgramRequest request, Action<ProgramEnd> ended)
    {
        ArgumentNullException.ThrowIfNull(request);
        ProgramRun run = new(this, request, ended);
        if (!_reactor.TryPost(() => Launch(run)))
        {
            run.Finish(new(ProgramOutcome.NotStarted, 0, "", "too many programs wait to be started, or this process is ending: run fewer, or less often"));
        }

        return run;
    }

    internal void End(ProgramRun run) => _ = _reactor.TryPost(() => Stop(run, Reactor.Now));

    private MonoTime Settle(MonoTime now)
    {
        MonoTime next = MonoTime.Never;
        foreach (ProgramRun run in _running)
        {
            if (run.Deadline <= now)
            {
                Harder(run, now);
            }

            next = MonoTime.Min(next, run.Deadline);
        }

        return next;
    }

    private void Stop(ProgramRun run, MonoTime now)
    {
        if (_running.Contains(run) && !run.IsEnding)
        {
            Harder(run, now);
        }
    }

    // The id stays ours until the process is waited for, so neither signal can hit a stranger.
    private static void Harder(ProgramRun run, MonoTime now)
    {
        _ = Libc.Kill(-run.Id, run.IsEnding ? Killed : Interrupted);
        run.Deadline = run.IsEnding ? MonoTime.Never : now + Grace;
        run.IsEnding = true;
    }

    private void Reap(ProgramRun run)
    {
        if (run.IsEnding)
        {
            // What it had started and did not end with it.
            _ = Libc.Kill(-run.Id, Killed);
        }

        byte* information = stackalloc byte[InformationOctets];
        new Span<byte>(information, InformationOctets).Clear();
        _reactor.Remove(run.Process!);
        _ = Libc.WaitFor(ByProcess, (uint)run.Id, information, WaitNow);
        run.Process!.Dispose();
        _running.Remove(run);
        _pipes.Find(p => p.Run == run)?.Drain();
        // siginfo_t of 64-bit Linux: code at 8, status at 24.
        ReadOnlySpan<byte> read = new(information, InformationOctets);
        int status = MemoryMarshal.Read<int>(read[24..]);
        bool byItself = MemoryMarshal.Read<int>(read[8..]) == ExitedByItself;
        ProgramOutcome outcome = run.IsEnding ? ProgramOutcome.Ended : byItself ? ProgramOutcome.Exited : ProgramOutcome.Signalled;
        run.Finish(new(outcome, status, run.Output.ToString()));
    }

    /// <summary>Forces what still runs to its end, which is told, and ends the thread.</summary>
    public void Dispose()
    {
        _reactor.StopAndWait();
        foreach (ProgramRun run in _running.ToArray())
        {
            run.IsEnding = true;
            Reap(run);
        }

        _pipes.ForEach(static pipe => pipe.Descriptor.Dispose());
        _pipes.Clear();
        _reactor.Dispose();
    }

    /// <summary>
    /// What a program writes. A child that outlives it, such as a daemon a hook has started, may write on: its pipe stays open and
    /// is emptied, or the next line would end the child.
    /// </summary>
    private sealed class Pipe(ProgramRunner runner, ProgramRun run, FileDescriptor descriptor)
    {
        public ProgramRun Run => run;

        public FileDescriptor Descriptor => descriptor;

        public void Drain()
        {
            nint length = 0;
            // Bounded: whoever writes without end must not have this thread for himself.
            for (int i = 0; i < 16; i++)
            {
                fixed (byte* buffer = runner._output)
                {
                    length = Libc.Read(descriptor, buffer, (nuint)runner._output.Length);
                }

                if (length <= 0)
                {
                    break;
                }

                if (!run.IsOver)
                {
                    run.Output.Take(runner._output.AsSpan(0, (int)length));
                }
            }

            if (length == 0)
            {
                Close();
            }
        }

        public void Close()
        {
            runner._reactor.Remove(descriptor);
            descriptor.Dispose();
            _ = runner._pipes.Remove(this);
        }
    }
}
