// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Netlink;

/// <summary>What became of one change.</summary>
/// <param name="Status">How it went.</param>
/// <param name="Fault">Why not, in a sentence with the remedy; null unless it failed.</param>
public readonly record struct ChangeOutcome(ChangeStatus Status, LinuxException? Fault = null)
{
    /// <summary>Whether things are now as asked.</summary>
    public bool Holds => Status != ChangeStatus.Failed;

    /// <summary>For callers to whom a refusal is the end.</summary>
    /// <exception cref="LinuxException">It failed.</exception>
    public void ThrowIfFailed()
    {
        if (Fault is not null)
        {
            throw Fault;
        }
    }
}
