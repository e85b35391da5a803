// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Judging;

/// <summary>
/// Judges all objects of one kind. What was in force stays so until its successor is accepted. Of two that clash, the one in force
/// before stays, else the older, else the first by name; the order in which they are given decides nothing.
/// </summary>
internal sealed class KindJudge<TManifest, TObject>(ObjectKind kind, string? expectedNamespace, VerdictList verdicts)
    where TManifest : class, IObjectManifest
    where TObject : class, INamedObject
{
    private readonly Dictionary<(string Namespace, string Name), TObject> _inForce = [];

    /// <summary>Compiles one object; null or errors refuse it.</summary>
    public required Func<TManifest, Remarks, TObject?> Read { get; init; }

    /// <summary>Compares a candidate with another object; null when they go together.</summary>
    public Func<TObject, TObject, Clash?>? Compare { get; init; }

    /// <summary>Whether others refer to objects of this kind by name, so that a name may be there once in all namespaces.</summary>
    public bool IsReferredTo { get; init; }

    /// <summary>What is in force, the one with the best claim first.</summary>
    public List<TObject> Judge(IReadOnlyList<TManifest> manifests, IReadOnlyList<TObject> previous)
    {
        Dictionary<(string, string), TObject> before = [];
        foreach (TObject known in previous)
            before[(known.Namespace, known.Name)] = known;
        List<TManifest> ordered = [.. manifests];
        ordered.Sort((a, b) => Compete(a, before.ContainsKey((a.Namespace, a.Name)), b, before.ContainsKey((b.Namespace, b.Name))));

        List<Candidate> candidates = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (TManifest manifest in ordered)
        {
            if (expectedNamespace is not null && manifest.Namespace != expectedNamespace)
                verdicts.Refuse(kind, manifest, VerdictReason.WrongNamespace, $"is in namespace {manifest.Namespace}: create it in {expectedNamespace}", false);
            else if (!names.Add(IsReferredTo ? manifest.Name : $"{manifest.Namespace}/{manifest.Name}"))
                verdicts.Refuse(kind, manifest, VerdictReason.InvalidSpec, $"has the name of a {kind} in another namespace: give it another name", false);
            else
            {
                // What did not clash before may do so since an object changed that both refer to.
                if (before.TryGetValue((manifest.Namespace, manifest.Name), out TObject? last) && FindClash(last, true) is null)
                    _inForce.Add((last.Namespace, last.Name), last);
                Remarks remarks = new();
                TObject? read = Read(manifest, remarks);
                if (read is not null && remarks.Errors.Count == 0)
                    candidates.Add(new(manifest, read, remarks));
                else
                    Refuse(manifest, VerdictReason.InvalidSpec, string.Join("; ", remarks.Errors));
            }
        }

        Place(candidates);
        List<TObject> result = [];
        foreach (TManifest manifest in ordered)
            if (_inForce.Remove((manifest.Namespace, manifest.Name), out TObject? item))
                result.Add(item);
        return result;
    }

    private void Place(List<Candidate> candidates)
    {
        List<Candidate> waiting = [.. candidates];
        do
            TakeWhatIsFree(waiting);
        while (waiting.Count > 0 && Exchange(waiting));

        foreach (Candidate candidate in candidates)
            if (waiting.Contains(candidate))
                Refuse(candidate.Manifest, VerdictReason.Conflict, FindClash(candidate.Read, true)!.Value.Message);
            else
            {
                if (FindClash(candidate.Read, false) is { } doubtful)
                    candidate.Remarks.Warnings.Add(doubtful.Message);
                verdicts.Accept(kind, candidate.Manifest, candidate.Remarks);
            }
    }

    /// <summary>An object may take what another gives up in the same change, so this is repeated while it gets further.</summary>
    private void TakeWhatIsFree(List<Candidate> waiting)
    {
        for (bool progress = true; progress;)
        {
            progress = false;
            for (int i = 0; i < waiting.Count; i++)
                if (FindClash(waiting[i].Read, true) is null)
                {
                    _inForce[waiting[i].Key] = waiting[i].Read;
                    waiting.RemoveAt(i--);
                    progress = true;
                }
        }
    }

    /// <summary>
    /// What is still waiting may only stand in each other's way, as two that exchange what they have do: those go together. One that
    /// clashes with anything else leaves the group, and its last version is in the way of the others again.
    /// </summary>
    private bool Exchange(List<Candidate> waiting)
    {
        List<Candidate> group = [.. waiting];
        Dictionary<Candidate, TObject> last = [];
        foreach (Candidate candidate in group)
        {
            if (_inForce.TryGetValue(candidate.Key, out TObject? version))
                last.Add(candidate, version);
            _inForce[candidate.Key] = candidate.Read;
        }

        // From the end: of two in the group that clash the one with the lesser claim leaves.
        for (int i = group.Count - 1; i >= 0; i--)
            if (FindClash(group[i].Read, true) is not null)
            {
                if (last.TryGetValue(group[i], out TObject? version))
                    _inForce[group[i].Key] = version;
                else
                    _inForce.Remove(group[i].Key);
                group.RemoveAt(i);
                i = group.Count;
            }

        foreach (Candidate candidate in group)
            waiting.Remove(candidate);
        return group.Count > 0;
    }

    // The first by name among those it clashes with, so that the message does not depend on the order either.
    private Clash? FindClash(TObject candidate, bool certain)
    {
        if (Compare is null)
            return null;
        (TObject Other, Clash Clash)? found = null;
        foreach (TObject other in _inForce.Values)
            if ((other.Namespace != candidate.Namespace || other.Name != candidate.Name)
                && (found is null || ByName(other, found.Value.Other) < 0)
                && Compare(candidate, other) is { } clash && clash.IsCertain == certain)
                found = (other, clash);
        return found?.Clash;
    }

    private void Refuse(TManifest manifest, VerdictReason reason, string message) =>
        verdicts.Refuse(kind, manifest, reason, message, _inForce.ContainsKey((manifest.Namespace, manifest.Name)));

    private static int ByName(TObject a, TObject b) =>
        a.Name != b.Name ? string.CompareOrdinal(a.Name, b.Name) : string.CompareOrdinal(a.Namespace, b.Namespace);

    private static int Compete(TManifest a, bool knownA, TManifest b, bool knownB)
    {
        if (knownA != knownB)
            return knownA ? -1 : 1;
        int byAge = a.CreatedAt.CompareTo(b.CreatedAt);
        int byName = byAge != 0 ? byAge : string.CompareOrdinal(a.Name, b.Name);
        return byName != 0 ? byName : string.CompareOrdinal(a.Namespace, b.Namespace);
    }

    private sealed record Candidate(TManifest Manifest, TObject Read, Remarks Remarks)
    {
        public (string Namespace, string Name) Key => (Manifest.Namespace, Manifest.Name);
    }
}
