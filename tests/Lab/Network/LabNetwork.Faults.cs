// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Network;

public sealed partial class LabNetwork
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly SwitchFaults _faults = new();

    /// <summary>Cuts the link of a host to a segment; returns when the cut is in force.</summary>
    public Task CutLinkAsync(LabHost host, Segment segment, CutKind kind, CancellationToken cancellation = default) =>
        ChangeAsync(host.Port(segment), kind, cut: true, cancellation);

    /// <summary>Mends what <see cref="CutLinkAsync"/> cut, whichever way.</summary>
    public async Task HealLinkAsync(LabHost host, Segment segment, CancellationToken cancellation = default)
    {
        await ChangeAsync(host.Port(segment), CutKind.Silent, cut: false, cancellation);
        await ChangeAsync(host.Port(segment), CutKind.Carrier, cut: false, cancellation);
    }

    /// <summary>Lets no frame pass between two sets of hosts on a segment, in either direction.</summary>
    public async Task PartitionAsync(
        Segment segment, IEnumerable<LabHost> left, IEnumerable<LabHost> right, CancellationToken cancellation = default)
    {
        var rightPorts = right.Select(h => h.Port(segment)).ToArray();
        await _changing.WaitAsync(cancellation);
        try
        {
            foreach (var a in left.Select(h => h.Port(segment)))
            {
                foreach (var b in rightPorts)
                    _faults.Separate(a, b);
            }

            await ApplyFaultsAsync(cancellation);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Loses this share of the frames from and to a host on a segment; zero heals.</summary>
    public async Task LoseAsync(LabHost host, Segment segment, double share, CancellationToken cancellation = default)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            _faults.Lose(host.Port(segment), share);
            await ApplyFaultsAsync(cancellation);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Mends every link, partition and loss.</summary>
    public async Task HealAllAsync(CancellationToken cancellation = default)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            var down = _faults.Clear();
            await ApplyFaultsAsync(cancellation);
            if (down.Count > 0)
                await IpAsync(Switch, new StringBuilder().AppendJoin("", down.Select(p => $"link set {p} up\n")), cancellation);
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task ChangeAsync(string port, CutKind kind, bool cut, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            if (!_faults.Cut(port, kind, cut))
                return;
            if (kind == CutKind.Silent)
                await ApplyFaultsAsync(cancellation);
            else
                await IpAsync(Switch, new StringBuilder($"link set {port} {(cut ? "down" : "up")}\n"), cancellation);
        }
        finally
        {
            _changing.Release();
        }
    }

    private Task ApplyFaultsAsync(CancellationToken cancellation) =>
        Command.RunAsync("ip", ["netns", "exec", Switch.Name, "nft", "-f", "-"], _faults.Ruleset(), cancellation);
}
