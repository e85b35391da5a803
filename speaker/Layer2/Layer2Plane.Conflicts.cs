// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Layer2;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Layer2;

internal sealed partial class Layer2Plane
{
    // A host that answers for an address is seen again with each request it sends; neighbour tables forget within a minute.
    private static readonly TimeSpan ConflictMemory = TimeSpan.FromSeconds(60);

    private readonly Dictionary<(IpAddr Address, int Interface), Standing> _conflicts = [];
    private readonly List<AddressConflict> _newConflicts = [];
    private bool _conflictsChanged;

    private readonly record struct Standing(AddressConflict Conflict, MonoTime ReportedAt, MonoTime SeenAt);

    // Told when it begins, and when another host takes its place: not with each claim, and not for two that take turns.
    private void NoteConflict(in ForeignClaim claim, string interfaceName, MonoTime now)
    {
        (IpAddr, int) key = (claim.Address, claim.InterfaceIndex);
        if (_conflicts.TryGetValue(key, out Standing standing)
            && (standing.Conflict.Mac == claim.Claimant || now < standing.ReportedAt + ConflictMemory))
        {
            _conflicts[key] = standing with { SeenAt = now };
            return;
        }

        AddressConflict conflict = new(claim.Address, interfaceName, claim.Claimant);
        _conflicts[key] = new(conflict, now, now);
        _newConflicts.Add(conflict);
        _conflictsChanged = true;
        Log.ForeignClaim(_logger, claim.Address, claim.Claimant, interfaceName);
    }

    private void ForgetConflicts(MonoTime now)
    {
        foreach (((IpAddr address, int index) key, Standing standing) in _conflicts)
        {
            bool announced = _table.Announces(key.address, key.index);
            if (announced && now < standing.SeenAt + ConflictMemory)
            {
                continue;
            }

            _conflicts.Remove(key);
            _conflictsChanged = true;
            if (announced)
            {
                Log.ForeignClaimEnded(_logger, key.address, standing.Conflict.Mac, standing.Conflict.Interface);
            }
        }
    }
}
