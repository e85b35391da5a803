// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

public sealed partial class AnnouncementSchedule
{
    /// <summary>
    /// Takes the frames to be sent at <paramref name="now"/>, as many as fit and as this millisecond still allows; a full
    /// answer means that <see cref="NextDeadline"/> is near. The buffer holds at least two.
    /// </summary>
    public int TakeDue(MonoTime now, Span<GratuitousFrame> frames)
    {
        EnterTick(now);
        int count = 0;
        while (frames.Length - count >= 2 && _sentInTick <= _framesPerTick - 2)
        {
            DropStale();
            if (!_turns.TryPeek(out Turn turn, out (MonoTime Due, long Order) priority) || priority.Due > now)
            {
                break;
            }

            _ = _turns.Dequeue();
            int sent = Speak(turn, frames[count..]);
            count += sent;
            _sentInTick += sent;
            Continue(turn, now);
        }

        return count;
    }

    private void EnterTick(MonoTime now)
    {
        long tick = now.Nanoseconds / NanosecondsPerMillisecond;
        if (tick > _tick)
        {
            _tick = tick;
            _sentInTick = 0;
        }
    }

    private void DropStale()
    {
        while (_turns.TryPeek(out Turn turn, out _) && IsStale(turn))
        {
            _ = _turns.Dequeue();
        }
    }

    private static int Speak(Turn turn, Span<GratuitousFrame> frames)
    {
        (IpAddr address, InterfaceFacts link) = (turn.Speech.Address, turn.Progress.Link);
        if (address.IsIPv6)
        {
            frames[0] = new(GratuitousForm.NeighborAdvertisement, address, link);
            return 1;
        }

        frames[0] = new(GratuitousForm.ArpRequest, address, link);
        frames[1] = new(GratuitousForm.ArpReply, address, link);
        return 2;
    }

    // Repeats are reckoned from the first announcement; those a pause has slept through are made up by one, not by all.
    private void Continue(Turn turn, MonoTime now)
    {
        Progress progress = turn.Progress;
        if (progress.First == MonoTime.Never)
        {
            progress.First = now;
        }

        while (progress.NextOffset < _offsets.Length && progress.First + _offsets[progress.NextOffset] <= now)
        {
            progress.NextOffset++;
        }

        if (progress.NextOffset < _offsets.Length)
        {
            Queue(turn.Speech, progress, progress.First + _offsets[progress.NextOffset++]);
        }
        else if (_refreshInterval > TimeSpan.Zero)
        {
            Queue(turn.Speech, progress, now + _refreshInterval);
        }
    }
}
