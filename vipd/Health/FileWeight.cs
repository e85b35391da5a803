// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Health;

/// <summary>What a number in a tracked file means for a server, as keepalived has it for FILE_CHECK.</summary>
internal static class FileWeight
{
    private const int Least = -254;
    private const int Most = 253;

    /// <summary>Times the weight it changes the server's weight, at -254 or less the server is down; with weight 0 anything but 0 is.</summary>
    public static HealthVerdict Judge(int value, int weight)
    {
        if (weight == 0)
        {
            return new(value == 0, $"the file holds {value}");
        }

        long change = (long)value * weight;
        return change <= Least
            ? new(false, $"the file holds {value}: times {weight} that takes the server out")
            : new(true, $"the file holds {value}", null, (int)Math.Min(change, Most));
    }
}
