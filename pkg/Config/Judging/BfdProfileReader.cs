// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;

namespace LoadBalancer.Config.Judging;

/// <summary>Compiles a BFDProfile.</summary>
internal static class BfdProfileReader
{
    public static BfdProfile Read(BfdProfileManifest manifest, Remarks remarks)
    {
        BfdProfile defaults = new(manifest.Namespace, manifest.Name);
        // echoInterval has no meaning without echoMode, and neither has its value then.
        if (manifest.EchoMode)
            remarks.Errors.Add("spec.echoMode is true, and this speaker neither sends nor returns BFD echo packets: most hosts and switches drop a "
                + "packet that carries the receiver's own address as its source; remove it, and set spec.transmitInterval and "
                + "spec.receiveInterval to what spec.echoInterval was for the same detection time");
        return defaults with
        {
            ReceiveInterval = Interval(manifest.ReceiveInterval, "spec.receiveInterval", defaults.ReceiveInterval, remarks),
            TransmitInterval = Interval(manifest.TransmitInterval, "spec.transmitInterval", defaults.TransmitInterval, remarks),
            DetectMultiplier = (byte?)Fields.Number(manifest.DetectMultiplier, "spec.detectMultiplier", 2, 255, remarks) ?? defaults.DetectMultiplier,
            MinimumTtl = (byte?)Fields.Number(manifest.MinimumTtl, "spec.minimumTtl", 1, 254, remarks) ?? defaults.MinimumTtl,
            Passive = manifest.PassiveMode,
        };
    }

    private static TimeSpan Interval(long? value, string field, TimeSpan otherwise, Remarks remarks) =>
        Fields.Number(value, field, 10, 60_000, remarks, " (milliseconds)") is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : otherwise;
}
