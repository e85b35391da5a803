// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.Lab.Probes;

/// <summary>The figures of a probe; written by its two threads, read by the test.</summary>
internal sealed class GapRecord
{
    private readonly Lock _gate = new();
    private readonly List<(string Node, long From, long To, int Answers)> _stretches = [];
    private long _start = Stopwatch.GetTimestamp();
    private long _lastSend;
    private long _longestSendPause;
    private long _lastAnswer;
    private long _longest;
    private long _longestBegan;
    private ulong _firstSequence;
    private ulong _nextSequence;
    private int _received;

    internal bool RealTime { get; set; }

    internal int Received
    {
        get
        {
            lock (_gate)
                return _received;
        }
    }

    internal int Outstanding
    {
        get
        {
            lock (_gate)
                return (int)(_nextSequence - _firstSequence) - _received;
        }
    }

    internal string LastAnswerer
    {
        get
        {
            lock (_gate)
                return _stretches.Count == 0 ? "" : _stretches[^1].Node;
        }
    }

    internal void Sending(long now)
    {
        lock (_gate)
        {
            if (_lastSend != 0)
                _longestSendPause = Math.Max(_longestSendPause, now - _lastSend);
            _lastSend = now;
            _nextSequence++;
        }
    }

    internal void Answered(long now, ulong sequence, string node)
    {
        lock (_gate)
        {
            if (sequence < _firstSequence)
                return;
            _received++;
            if (_lastAnswer != 0)
                Silence(_lastAnswer, now);
            _lastAnswer = now;
            if (_stretches.Count > 0 && _stretches[^1].Node == node)
                _stretches[^1] = _stretches[^1] with { To = now, Answers = _stretches[^1].Answers + 1 };
            else
                _stretches.Add((node, now, now, 1));
        }
    }

    internal void Restart()
    {
        lock (_gate)
        {
            _start = Stopwatch.GetTimestamp();
            _firstSequence = _nextSequence;
            _received = 0;
            _lastSend = _longestSendPause = _longest = _longestBegan = 0;
            // Kept as the begin of a silence that is under way, and as the node that answered last.
            _lastAnswer = _lastAnswer == 0 ? 0 : _start;
            if (_stretches.Count > 0)
                _stretches.RemoveRange(0, _stretches.Count - 1);
            if (_stretches.Count > 0)
                _stretches[0] = (_stretches[0].Node, _start, _start, 0);
        }
    }

    internal GapReport Report()
    {
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            var open = _lastAnswer == 0 ? _start : _lastAnswer;
            var recovered = now - open <= _longest;
            return new GapReport
            {
                Sent = (int)(_nextSequence - _firstSequence),
                Received = _received,
                LongestSilence = Stopwatch.GetElapsedTime(0, recovered ? _longest : now - open),
                SilenceBegan = Stopwatch.GetElapsedTime(_start, recovered ? _longestBegan : open),
                Recovered = recovered,
                LongestSendPause = Stopwatch.GetElapsedTime(0, _longestSendPause),
                RealTime = RealTime,
                Answerers =
                [
                    .. _stretches.Select(s => new AnswerStretch(
                        s.Node, Stopwatch.GetElapsedTime(_start, s.From), Stopwatch.GetElapsedTime(_start, s.To), s.Answers)),
                ],
            };
        }
    }

    private void Silence(long from, long to)
    {
        if (to - from <= _longest)
            return;
        _longest = to - from;
        _longestBegan = from;
    }
}
