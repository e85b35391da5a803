// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Lab.Native;

namespace LoadBalancer.Lab.State;

/// <summary>A process told apart from a later one with the same number by the clock tick at which it started.</summary>
public readonly record struct ProcessIdentity(int Pid, long StartTick)
{
    /// <summary>The process with this number now, or false when there is none or it is a zombie.</summary>
    public static bool TryOf(int pid, out ProcessIdentity identity)
    {
        identity = default;
        try
        {
            // The command name may hold spaces and brackets: fields count from the last closing one (proc(5)).
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (fields[0] is "Z" or "X")
                return false;
            identity = new ProcessIdentity(pid, long.Parse(fields[19], CultureInfo.InvariantCulture));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    public bool IsAlive => TryOf(Pid, out var now) && now == this;

    /// <summary>Signals the process if it is still this one; a negative group number reaches its process group.</summary>
    public void Signal(int signal, bool group = false)
    {
        if (IsAlive)
            _ = Libc.Kill(group ? -Pid : Pid, signal);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid} {StartTick}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryRead(string text, out ProcessIdentity identity)
    {
        identity = default;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length < 2 || !int.TryParse(parts[0], out var pid) || !long.TryParse(parts[1], out var tick))
            return false;
        identity = new ProcessIdentity(pid, tick);
        return pid > 1;
    }
}
