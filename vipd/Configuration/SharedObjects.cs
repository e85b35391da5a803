// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Configuration;

/// <summary>
/// A configuration that is made anew has new objects throughout. Those that are equal to what was there are replaced by it: then
/// whoever compares the two sees with one look at each that nothing differs.
/// </summary>
internal static class SharedObjects
{
    /// <summary>The next configuration, with the objects of the one before where they are equal.</summary>
    public static VipConfiguration Of(VipConfiguration before, VipConfiguration next) => next with
    {
        Instances = Of(before.Instances, next.Instances, static i => i.Name),
        Services = Of(before.Services, next.Services, static s => s.Name),
        VirtualServers = Of(before.VirtualServers, next.VirtualServers, static s => s.Name),
    };

    private static ValueList<T> Of<T>(ValueList<T> before, ValueList<T> next, Func<T, string> name)
        where T : class
    {
        if (before == next)
        {
            return before;
        }

        Dictionary<string, T> known = new(before.Count, StringComparer.Ordinal);
        foreach (T item in before)
        {
            known[name(item)] = item;
        }

        return [.. next.Select(item => known.TryGetValue(name(item), out T? same) && same.Equals(item) ? same : item)];
    }
}
