// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Programs;

/// <summary>A program under way; what it holds is its runner's thread's alone.</summary>
public sealed class ProgramRun
{
    private readonly ProgramRunner _runner;
    private readonly Action<ProgramEnd> _ended;

    internal ProgramRun(ProgramRunner runner, ProgramRequest request, Action<ProgramEnd> ended)
    {
        _runner = runner;
        Request = request;
        _ended = ended;
    }

    internal ProgramRequest Request { get; }

    internal int Id { get; set; }

    internal FileDescriptor? Process { get; set; }

    internal LastLine Output { get; } = new();

    /// <summary>When the next harder means is due.</summary>
    internal MonoTime Deadline { get; set; } = MonoTime.Never;

    internal bool IsEnding { get; set; }

    internal bool IsOver { get; private set; }

    /// <summary>Ends it and all it has started: asked at first, forced a little later. Any thread may call, at any time.</summary>
    public void End() => _runner.End(this);

    internal void Finish(in ProgramEnd end)
    {
        if (!IsOver)
        {
            IsOver = true;
            Deadline = MonoTime.Never;
            _ended(end);
        }
    }
}
