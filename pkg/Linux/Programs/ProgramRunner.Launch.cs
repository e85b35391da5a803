// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Programs;

public sealed unsafe partial class ProgramRunner
{
    private const int PidfdOpen = 434;
    private const int SetStatusFlags = 4;
    private const int NonBlock = 0x800;
    private const int Cloexec = 0x80000;
    private const int ReadOnly = 0;
    // Larger than posix_spawnattr_t and posix_spawn_file_actions_t of the C libraries there are, and sigset_t.
    private const int OpaqueOctets = 512;
    private const short OwnGroup = 0x2;
    private const short DefaultSignals = 0x4;
    private const short SignalMask = 0x8;

    private const int NotThere = 2;
    private const int NoFormat = 8;

    private void Launch(ProgramRun run)
    {
        if (_credentials is null)
        {
            _credentials = new();
            Credentials.HandOnNothing();
            // Programs run at the usual priority, whatever the process asked for itself; this is per thread on Linux.
            _ = Libc.SetPriority(0, 0, 0);
        }

        if (Refusal(run.Request) is { } refusal)
        {
            run.Finish(new(ProgramOutcome.NotStarted, 0, "", refusal));
            return;
        }

        FileDescriptor? read = null, write = null;
        try
        {
            int* ends = stackalloc int[2];
            if (Libc.Pipe(ends, Cloexec) != 0)
            {
                throw LinuxException.Last("open a pipe for a program's output");
            }

            read = FileDescriptor.Own(ends[0], "open a pipe");
            write = FileDescriptor.Own(ends[1], "open a pipe");
            _ = Libc.FileControl(read, SetStatusFlags, NonBlock);
            int error = Spawn(run, write.Number);
            if (error != 0)
            {
                run.Finish(new(ProgramOutcome.NotStarted, error, "", WhyNot(run.Request, error)));
                return;
            }

            Watch(run, read);
            read = null;
        }
        catch (LinuxException fault)
        {
            run.Finish(new(ProgramOutcome.NotStarted, fault.Error, "", fault.Message));
        }
        finally
        {
            read?.Dispose();
            write?.Dispose();
        }
    }

    private void Watch(ProgramRun run, FileDescriptor output)
    {
        Pipe pipe = new(this, run, output);
        if (_pipes.Count >= MostPipes)
        {
            _pipes.Find(static p => p.Run.IsOver)?.Close();
        }

        _pipes.Add(pipe);
        _reactor.Add(output, pipe.Drain);
        run.Process = FileDescriptor.Own((int)Libc.SystemCall(PidfdOpen, run.Id, 0, 0), "watch a program");
        run.Deadline = run.Request.Timeout is { } timeout ? Reactor.Now + timeout : MonoTime.Never;
        _running.Add(run);
        _reactor.Add(run.Process, () => Reap(run));
    }

    private static string? Refusal(ProgramRequest request)
    {
        bool root = request.Account?.IsRoot ?? Libc.EffectiveUser() == 0;
        return request.Command.Count == 0 ? "no program is named: give its whole path"
            : request.IsGuarded && root ? ProgramGuard.Examine(request.Command[0])
            : null;
    }

    private static string WhyNot(ProgramRequest request, int error)
    {
        string path = request.Command[0];
        string who = request.Account?.Name ?? "this process";
        return error switch
        {
            NotThere when File.Exists(path) => $"{path} is there, and what its first line names as interpreter is not: install it, or correct the line",
            NotThere => $"{path} is not there: install it, or correct the path",
            LinuxException.AccessDenied or LinuxException.NotPermitted =>
                $"{path} cannot be executed by {who}: make it executable (chmod +x), and let {who} pass the directories above it",
            NoFormat => $"{path} is no program: begin it with a line such as #!/bin/sh",
            _ => $"{path} cannot be started: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})",
        };
    }

    private int Spawn(ProgramRun run, int output)
    {
        byte* attributes = stackalloc byte[OpaqueOctets];
        byte* actions = stackalloc byte[OpaqueOctets];
        byte* signals = stackalloc byte[OpaqueOctets];
        _ = Libc.SpawnAttributesInit(attributes);
        _ = Libc.SpawnActionsInit(actions);
        _ = Libc.FillSignals(signals);
        _ = Libc.SpawnAttributesSetDefaultSignals(attributes, signals);
        _ = Libc.EmptySignals(signals);
        _ = Libc.SpawnAttributesSetSignalMask(attributes, signals);
        _ = Libc.SpawnAttributesSetGroup(attributes, 0);
        _ = Libc.SpawnAttributesSetFlags(attributes, OwnGroup | DefaultSignals | SignalMask);
        byte** arguments = Texts(run.Request.Command);
        byte** environment = Texts(Environment(run.Request));
        byte* nothing = (byte*)Marshal.StringToCoTaskMemUTF8("/dev/null");
        try
        {
            _ = Libc.SpawnActionsOpen(actions, 0, nothing, ReadOnly, 0);
            _ = Libc.SpawnActionsDuplicate(actions, output, 1);
            _ = Libc.SpawnActionsDuplicate(actions, output, 2);
            int id = 0;
            nint from = (nint)arguments, with = (nint)environment, by = (nint)attributes, how = (nint)actions, to = (nint)(&id);
            int SpawnNow() => Libc.Spawn((int*)to, *(byte**)from, (void*)how, (void*)by, (byte**)from, (byte**)with);
            int error = run.Request.Account is { } account && !_credentials!.IsOwn(account) ? _credentials.As(account, SpawnNow) : SpawnNow();
            run.Id = id;
            return error;
        }
        finally
        {
            Marshal.FreeCoTaskMem((nint)nothing);
            Free(arguments);
            Free(environment);
            _ = Libc.SpawnActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    private static List<string> Environment(ProgramRequest request)
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            all[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        if (request.Account is { } account)
        {
            all["USER"] = all["LOGNAME"] = account.Name;
        }

        foreach ((string name, string value) in request.Environment)
        {
            all[name] = value;
        }

        return [.. all.Select(static pair => $"{pair.Key}={pair.Value}")];
    }

    // A list of C strings with a null at its end.
    private static byte** Texts(IReadOnlyList<string> texts)
    {
        byte** list = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            list[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        return list;
    }

    private static void Free(byte** list)
    {
        for (int i = 0; list[i] is not null; i++)
        {
            Marshal.FreeCoTaskMem((nint)list[i]);
        }

        NativeMemory.Free(list);
    }
}
