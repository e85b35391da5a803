// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Speaker;

/// <summary>Reads the key that speakers authenticate their heartbeats with: the mounted Secret `memberlist`.</summary>
internal static class HeartbeatKeyFile
{
    private const string SecretEntry = "secretkey";
    private const int MinOctets = 16;
    private const int MaxOctets = 4096;

    public static ReadOnlyMemory<byte> Read(string path, bool insecure)
    {
        if (path.Length == 0)
        {
            return insecure
                ? default
                : throw new SpeakerStartException(
                    "no heartbeat key: mount the Secret `memberlist` and name it with --ml-secret-key-path, or accept forgeable heartbeats with --insecure-heartbeats");
        }

        string file = Directory.Exists(path) ? Path.Combine(path, SecretEntry) : path;
        byte[] key;
        try
        {
            using FileStream stream = File.OpenRead(file);
            key = stream.Length <= MaxOctets ? new byte[stream.Length] : throw new SpeakerStartException($"the heartbeat key in {file} has {stream.Length} octets; the most is {MaxOctets}");
            stream.ReadExactly(key);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SpeakerStartException($"cannot read the heartbeat key {file}: {fault.Message}; the controller creates it as the Secret `memberlist` in the configuration namespace", fault);
        }

        // A key file written by hand ends in a line break, one mounted from a Secret does not: both are the same key.
        ReadOnlyMemory<byte> trimmed = key.AsMemory().TrimEnd("\r\n"u8);
        return trimmed.Length >= MinOctets
            ? trimmed
            : throw new SpeakerStartException($"the heartbeat key in {file} has {trimmed.Length} octets; at least {MinOctets} random ones are needed");
    }
}
