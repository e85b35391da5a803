// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Judging;

/// <summary>Collects the verdicts and puts them into words.</summary>
internal sealed class VerdictList
{
    private readonly List<ObjectVerdict> _verdicts = [];

    /// <summary>All verdicts, by kind, name and namespace.</summary>
    public IReadOnlyList<ObjectVerdict> Sorted()
    {
        _verdicts.Sort(static (a, b) => a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind)
            : a.Name != b.Name ? string.CompareOrdinal(a.Name, b.Name) : string.CompareOrdinal(a.Namespace, b.Namespace));
        return _verdicts;
    }

    public void Accept(ObjectKind kind, IObjectManifest manifest, Remarks remarks)
    {
        VerdictReason reason = remarks.Unresolved.Count > 0 ? VerdictReason.UnresolvedReference
            : remarks.Warnings.Count > 0 ? VerdictReason.AcceptedWithWarnings : VerdictReason.Accepted;
        string message = reason == VerdictReason.Accepted ? $"{kind} {manifest.Name} is in force"
            : $"{kind} {manifest.Name}: {string.Join("; ", [.. remarks.Unresolved, .. remarks.Warnings])}";
        _verdicts.Add(new(kind, manifest.Namespace, manifest.Name, manifest.Generation, true, reason, message));
    }

    /// <param name="kind">Kind of the object.</param>
    /// <param name="manifest">The object.</param>
    /// <param name="reason">Why it is refused.</param>
    /// <param name="message">The same in words, with the remedy.</param>
    /// <param name="lastStays">Whether an earlier version of it is in force.</param>
    public void Refuse(ObjectKind kind, IObjectManifest manifest, VerdictReason reason, string message, bool lastStays) =>
        _verdicts.Add(new(kind, manifest.Namespace, manifest.Name, manifest.Generation, false, reason,
            $"{kind} {manifest.Name}: {message}{(lastStays ? "; its last accepted version stays in force" : "")}"));
}
