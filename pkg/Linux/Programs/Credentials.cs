// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux.Programs;

/// <summary>
/// Lends the calling thread another account, so that what it starts has it from its first instruction. In the kernel credentials
/// belong to a thread: the C library's functions change all threads of the process, the system calls by number one. The saved
/// ids stay, which is the way back; a program loses them when it is executed (execve(2)), and its capabilities with them.
/// </summary>
internal sealed unsafe class Credentials
{
    private const int GetDumpable = 3;
    private const int SetDumpable = 4;
    private const int Ambient = 47;
    private const int ClearAmbient = 4;
    private const nint Keep = -1;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly nint SetGroups = IsArm ? 159 : 116;
    private static readonly nint SetUser = IsArm ? 147 : 117;
    private static readonly nint SetGroup = IsArm ? 149 : 119;

    private readonly uint _user = Libc.EffectiveUser();
    private readonly uint _group = Libc.EffectiveGroup();
    private readonly ImmutableArray<uint> _groups = OwnGroups();

    /// <summary>What the thread starts gets no capability handed on (capabilities(7), ambient set).</summary>
    public static void HandOnNothing() => _ = Libc.ProcessControl(Ambient, ClearAmbient, 0, 0, 0);

    /// <summary>Whether an account is the one the process has.</summary>
    public bool IsOwn(ProgramAccount account) => account.User == _user && account.Group == _group;

    /// <summary>Runs an action with another account; returns what it returned, or the error number of the change.</summary>
    public int As(ProgramAccount account, Func<int> action)
    {
        int dumpable = Libc.ProcessControl(GetDumpable, 0, 0, 0, 0);
        int error = Assume(account);
        int result = error == 0 ? action() : error;
        Return();
        // A change of account forbids core dumps; the process is as it was.
        _ = Libc.ProcessControl(SetDumpable, (nuint)Math.Max(0, dumpable), 0, 0, 0);
        return result;
    }

    private static int Assume(ProgramAccount account)
    {
        fixed (uint* groups = account.Groups.AsSpan())
        {
            return Libc.SystemCall(SetGroups, account.Groups.Length, (nint)groups, 0) == 0
                && Libc.SystemCall(SetGroup, (nint)account.Group, (nint)account.Group, Keep) == 0
                && Libc.SystemCall(SetUser, (nint)account.User, (nint)account.User, Keep) == 0
                    ? 0
                    : Marshal.GetLastPInvokeError();
        }
    }

    private void Return()
    {
        fixed (uint* groups = _groups.AsSpan())
        {
            if (Libc.SystemCall(SetUser, (nint)_user, (nint)_user, Keep) != 0
                || Libc.SystemCall(SetGroup, (nint)_group, (nint)_group, Keep) != 0
                || Libc.SystemCall(SetGroups, _groups.Length, (nint)groups, 0) != 0)
            {
                // The thread would start everything else as somebody it was not asked to.
                throw LinuxException.Last("take back the account of the process");
            }
        }
    }

    private static ImmutableArray<uint> OwnGroups()
    {
        int count = Math.Max(0, Libc.GetGroups(0, null));
        uint[] groups = new uint[count];
        fixed (uint* first = groups)
        {
            count = Libc.GetGroups(count, first);
        }

        return [.. groups.Take(Math.Max(0, count))];
    }
}
