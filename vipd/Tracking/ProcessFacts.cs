// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>What a process is called: by the kernel, in up to 15 octets, and by its arguments, the first of which is its program.</summary>
internal sealed record ProcessFacts(string Name, IReadOnlyList<string> Arguments)
{
    // TASK_COMM_LEN without the NUL.
    private const int LongestName = 15;

    /// <summary>Whether a tracked process is this one.</summary>
    public bool Matches(TrackedProcess process)
    {
        string wanted = process.Command.Count > 0 ? process.Command[0] : "";
        if (process.FullCommand)
        {
            if (Arguments.Count == 0 || Arguments[0] != wanted)
                return false;
        }
        else if (!IsCalled(wanted))
        {
            return false;
        }

        return process.Command.Count == 1 && process.Match == ArgumentMatch.Exact || ArgumentsMatch(process);
    }

    private bool IsCalled(string wanted)
    {
        byte[] octets = Encoding.UTF8.GetBytes(wanted);
        if (octets.Length <= LongestName)
            return Name == wanted;
        // The kernel has cut the name: the program's own words decide.
        return Name == Encoding.UTF8.GetString(octets, 0, LongestName)
            && Arguments.Count > 0 && Arguments[0][(Arguments[0].LastIndexOf('/') + 1)..] == wanted;
    }

    private bool ArgumentsMatch(TrackedProcess process)
    {
        int count = process.Command.Count - 1;
        int there = Arguments.Count - 1;
        if (process.Match == ArgumentMatch.Exact ? there != count : there < count)
            return false;
        for (int i = 1; i <= count; i++)
        {
            bool open = process.Match == ArgumentMatch.Initial && i == count;
            if (open ? !Arguments[i].StartsWith(process.Command[i], StringComparison.Ordinal) : Arguments[i] != process.Command[i])
                return false;
        }

        return true;
    }
}
