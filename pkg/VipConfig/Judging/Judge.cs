// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Judging;

/// <summary>Says what is wrong with one object, by its path.</summary>
internal readonly struct Judge(ProblemList problems, string path)
{
    // IFNAMSIZ of Linux, without the NUL.
    private const int LongestInterface = 15;

    public string Path { get; } = path;

    public Judge At(string key, int index) => new(problems, Path.Length == 0 ? $"{key}[{index}]" : $"{Path}.{key}[{index}]");

    public void Refuse(string field, string message) => Say(ProblemKind.Error, field, message);

    public void Warn(string field, string message) => Say(ProblemKind.Warning, field, message);

    public void RefuseIf(bool wrong, string field, string message)
    {
        if (wrong)
            Refuse(field, message);
    }

    public void WarnIf(bool odd, string field, string message)
    {
        if (odd)
            Warn(field, message);
    }

    public void Interface(string name, string field)
    {
        bool wrong = name.Length > LongestInterface || name is "." or ".." || name.AsSpan().ContainsAny(" \t/:");
        RefuseIf(wrong, field, $"is \"{name}\", which is no interface name: use up to {LongestInterface} characters without blanks, slashes and colons");
        RefuseIf(name == "lo" && field == "interface", field, "is lo, where no other router can be heard: name the interface of the segment");
    }

    public void Family(IpAddr? address, IpFamily family, string field)
    {
        if (address is { } given)
            RefuseIf(given.Family != family, field, $"is {given}, and {(family == IpFamily.IPv4 ? "IPv4" : "IPv6")} is needed here: give an address of that family or remove it");
    }

    private void Say(ProblemKind kind, string field, string message)
    {
        string place = field.Length == 0 ? Path : Path.Length == 0 ? field : $"{Path}.{field}";
        problems.Add(kind, place, $"{place} {message}");
    }
}
