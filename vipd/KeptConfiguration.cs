// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Configuration;
using LoadBalancer.Vipd.Kubernetes;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd;

/// <summary>
/// What the cluster said last, in a file of the state directory: in force from the start until the API server has been heard, which
/// may be long after. It is a vipd.yaml under a line that says whose it is and that it is whole. Passwords are not in it.
/// </summary>
internal sealed class KeptConfiguration(string path, string node, TimeProvider time, ILogger logger)
{
    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // Pods come and go by the hundred: what is in force a moment later is worth keeping, not every step to it.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Channel<VipConfiguration> _waiting = Channel.CreateBounded<VipConfiguration>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private string _toldFault = "";
    private string _toldPasswords = "";

    private string Header(ReadOnlySpan<char> body) => $"# vipd kept 1 {node} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body.ToString())))}";

    /// <summary>What was kept; null where nothing was, or what is there is not to be believed, which is said.</summary>
    public VipConfiguration? Read()
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
#pragma warning disable CA1416 // the daemon is Linux through and through
            if ((File.GetUnixFileMode(path) & OthersMayWrite) != 0)
#pragma warning restore CA1416
            {
                return Ignore("others than its owner may write it");
            }

            string text = new DiskFiles().ReadOrThrow(path);
            int end = text.IndexOf('\n', StringComparison.Ordinal);
            if (end < 0 || text[..end] != Header(text.AsSpan(end + 1)))
            {
                return Ignore($"it is not whole, or not of node {node}");
            }

            ConfigurationReading reading = VipdYaml.Read(text[(end + 1)..], path);
            return reading.IsValid ? reading.Configuration : Ignore(reading.Problems.First(static p => p.Kind == ProblemKind.Error).Message);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Ignore(fault.Message);
        }
    }

    /// <summary>Keeps the cluster's part of the configuration, a little later. Never waits; of several the last counts.</summary>
    public void Keep(VipConfiguration part) => _ = _waiting.Writer.TryWrite(part);

    /// <summary>Nothing is kept any more: no cluster is followed.</summary>
    public void Forget()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Fail(fault.Message);
        }
    }

    /// <summary>Writes until it is cancelled, and then what still waits.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
                WriteWaiting();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            WriteWaiting();
        }
    }

    private void WriteWaiting()
    {
        if (_waiting.Reader.TryRead(out VipConfiguration? part))
        {
            Write(part);
        }
    }

    private void Write(VipConfiguration part)
    {
        HashSet<string> secret = [.. part.Instances.Where(static i => i.Authentication is not null).Select(static i => i.Name)];
        TellPasswords(secret);
        string body = VipdYaml.Write(ClusterCompiler.Without(part, secret));
        try
        {
            OwnFile.Replace(path, $"{Header(body)}\n{body}");
            _toldFault = "";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Fail(fault.Message);
        }
    }

    private VipConfiguration? Ignore(string why)
    {
        Log.KeptIgnored(logger, path, why);
        return null;
    }

    private void Fail(string fault)
    {
        if (fault != _toldFault)
        {
            _toldFault = fault;
            Log.KeptFailed(logger, path, fault);
        }
    }

    private void TellPasswords(HashSet<string> secret)
    {
        string names = string.Join(", ", secret.Order(StringComparer.Ordinal));
        if (names != _toldPasswords)
        {
            _toldPasswords = names;
            if (names.Length > 0)
            {
                Log.NotKept(logger, names);
            }
        }
    }
}
