// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Cluster;

namespace LoadBalancer.EndToEnd;

/// <summary>Where the daemons under test are.</summary>
public static class Programs
{
    private static readonly string Repository = new LabClusterOptions { StartApiServer = _ => throw new InvalidOperationException() }.Repository;

    public static string Find(string program)
    {
        var nested = Path.Combine(Repository, "out", program, program);
        return File.Exists(nested) ? nested : Path.Combine(Repository, "out", program);
    }
}
