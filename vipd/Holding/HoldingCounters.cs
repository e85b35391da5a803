// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Holding;

/// <summary>What the kernel's side has done; written by its thread, read by any.</summary>
internal sealed class HoldingCounters
{
    private long _added;
    private long _removed;
    private long _putBack;
    private long _faults;

    public long Added => Volatile.Read(ref _added);

    public long Removed => Volatile.Read(ref _removed);

    /// <summary>What somebody else had removed.</summary>
    public long PutBack => Volatile.Read(ref _putBack);

    public long Faults => Volatile.Read(ref _faults);

    public void CountAdded(int number) => Volatile.Write(ref _added, _added + number);

    public void CountRemoved(int number) => Volatile.Write(ref _removed, _removed + number);

    public void CountPutBack() => Volatile.Write(ref _putBack, _putBack + 1);

    public void CountFault() => Volatile.Write(ref _faults, _faults + 1);
}
