// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <content>What starts, stops and holds it, and its configuration.</content>
public sealed partial class VrrpInstance
{
    private void OnStart(in VrrpEvent input, MonoTime now, IVrrpSink sink)
    {
        if ((_holds & VrrpHolds.NotStarted) == 0)
        {
            return;
        }

        TimeSpan left = input.IsOn ? FenceAfter - input.Age : TimeSpan.Zero;
        _resumeUntil = left > TimeSpan.Zero && input.Age >= TimeSpan.Zero ? now + left : now - TimeSpan.FromTicks(1);
        if (_resumeUntil < now)
        {
            // What an earlier life left behind goes first, also when something holds us from running.
            sink.Do(this, new VrrpCommand(VrrpCommandKind.LetGo));
        }

        SetHold(VrrpHolds.NotStarted, false, default, now, sink);
    }

    private void SetHold(VrrpHolds hold, bool on, VrrpReason reason, MonoTime now, IVrrpSink sink)
    {
        VrrpHolds before = _holds;
        _holds = on ? before | hold : before & ~hold;
        if (_holds == before)
        {
            return;
        }

        if (on)
        {
            if (before == VrrpHolds.None)
            {
                React(VrrpInput.Hold, reason, now, sink);
            }
        }
        else if (_holds == VrrpHolds.None)
        {
            Begin(now, sink);
        }
    }

    private void Begin(MonoTime now, IVrrpSink sink)
    {
        if (_resumeUntil >= now)
        {
            _resumeUntil = now - TimeSpan.FromTicks(1);
            React(VrrpInput.StartAsMaster, VrrpReason.Resumed, now, sink);
            return;
        }

        if (Parameters.IsOwner && !Parameters.Grouped)
        {
            React(VrrpInput.StartAsOwner, VrrpReason.OwnerStarted, now, sink);
            return;
        }

        React(VrrpInput.StartAsBackup, VrrpReason.Started, now, sink);
        // An owner in a group wants to be master at once, and waits for the group alone.
        _deadline = Parameters.IsOwner ? now : _deadline;
    }

    private void SetPriority(byte priority)
    {
        byte right = Parameters.IsOwner ? VrrpWire.OwnerPriority : Math.Clamp(priority, (byte)1, VrrpWire.MaxPriority);
        TimeSpan before = SkewTime;
        _priority = right;
        if (State == VrrpState.Backup)
        {
            // The silence that has been waited for counts; only the skew is another.
            _deadline += SkewTime - before;
        }
    }

    private void Configure(VrrpParameters parameters, byte priority, MonoTime now, IVrrpSink sink)
    {
        Require(Key, parameters);
        if (parameters.Version != Parameters.Version)
        {
            throw new ArgumentException("another version is another virtual router: remove this instance and make a new one", nameof(parameters));
        }

        byte[] message = Template(parameters);
        ReadOnlySpan<byte> addressesBefore = OwnAddresses;
        VrrpParameters before = Parameters;
        bool learned = _hasMaster && State == VrrpState.Backup && parameters.Version == VrrpVersion.V3;
        TimeSpan downBefore = MasterDownInterval;
        byte priorityBefore = EffectivePriority;
        Parameters = parameters;
        _message = message;
        _masterCentiseconds = learned ? _masterCentiseconds : (ushort)parameters.Centiseconds;
        _priority = parameters.IsOwner ? VrrpWire.OwnerPriority : Math.Clamp(priority, (byte)1, VrrpWire.MaxPriority);
        bool addressesChanged = !addressesBefore.SequenceEqual(OwnAddresses);
        if (addressesChanged)
        {
            _peers?.ForgetAgreements();
        }

        if (State == VrrpState.Backup)
        {
            _deadline += MasterDownInterval - downBefore;
        }
        else if (State == VrrpState.Master)
        {
            Reassert(addressesChanged, before, priorityBefore, now, sink);
        }
    }

    // Backups must learn a longer interval before the shorter one runs out for them, hence at once.
    private void Reassert(bool addressesChanged, VrrpParameters before, byte priorityBefore, MonoTime now, IVrrpSink sink)
    {
        if (addressesChanged || before.Interval != Parameters.Interval || priorityBefore != EffectivePriority)
        {
            Advertise(now, sink);
        }

        if (addressesChanged)
        {
            sink.Do(this, new VrrpCommand(VrrpCommandKind.Hold));
            StartAnnouncing(now, sink);
        }
    }
}
