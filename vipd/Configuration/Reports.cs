// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Configuration;

/// <summary><c>vipd check</c> and <c>vipd import</c>: what a file says, without running any of it.</summary>
internal static class Reports
{
    /// <summary>Prints every problem; 0 when the file may be run.</summary>
    public static int Check(string file, string nodeName, TextWriter output, TextWriter errors)
    {
        if (TryRead(file, nodeName, errors) is not { } reading)
        {
            return 1;
        }

        foreach (ConfigProblem problem in reading.Problems)
        {
            output.WriteLine(problem.ToString());
        }

        if (reading.IsValid)
        {
            output.WriteLine($"{file}: in order, {Count(reading.Configuration.Instances.Count, "instance")}, {Count(reading.Configuration.VirtualServers.Count, "virtual server")}");
        }

        else if (reading.Sound() is { MayRun: true } sound)
        {
            output.WriteLine($"{file}: a start would run all but these: {string.Join("; ", sound.LeftOut)}; a reload would change nothing");
        }

        return reading.IsValid ? 0 : 1;
    }

    /// <summary>Writes the file as vipd.yaml; what cannot be taken over goes to the errors, and the result is 1 when that is an error.</summary>
    public static int Import(string file, string nodeName, TextWriter output, TextWriter errors)
    {
        if (TryRead(file, nodeName, errors) is not { } reading)
        {
            return 1;
        }

        output.Write(VipdYaml.Write(reading.Configuration));
        foreach (ConfigProblem problem in reading.Problems)
        {
            errors.WriteLine(problem.ToString());
        }

        return reading.IsValid ? 0 : 1;
    }

    private static ConfigurationReading? TryRead(string file, string nodeName, TextWriter errors)
    {
        try
        {
            return new FileConfiguration(file, nodeName).Read();
        }
        catch (IOException fault)
        {
            errors.WriteLine($"vipd: {fault.Message}");
            return null;
        }
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
