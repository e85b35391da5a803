// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd;

/// <summary>The directory of what outlives the process: one daemon at a time, nobody else reads in it.</summary>
internal sealed class StateDirectory : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // sun_path of unix(7), which ends with a zero octet.
    private const int LongestSocketPath = 107;

    private readonly FileStream _lock;

    /// <exception cref="VipdStartException">It cannot be made, or another daemon has it.</exception>
    public StateDirectory(string path)
    {
        Path = path;
        string socket = System.IO.Path.Combine(path, Control.ControlSocket.FileName);
        if (System.Text.Encoding.UTF8.GetByteCount(socket) > LongestSocketPath)
        {
            throw new VipdStartException($"{socket} is longer than the {LongestSocketPath} octets a socket's path may have: give a shorter directory with --state-dir");
        }

        try
        {
#pragma warning disable CA1416 // the daemon is Linux through and through
            Directory.CreateDirectory(path, Owner);
#pragma warning restore CA1416
            _lock = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new VipdStartException($"the state directory {path} cannot be used: {fault.Message}; run vipd as root, or give another with --state-dir");
        }
        catch (IOException fault)
        {
            throw new VipdStartException($"the state directory {path} cannot be used: {fault.Message}; if another vipd runs with it, stop that or give another with --state-dir");
        }
    }

    public string Path { get; }

    public string ResumeFile => System.IO.Path.Combine(Path, "masters");

    public string SettingsFile => System.IO.Path.Combine(Path, "settings");

    public string ClusterFile => System.IO.Path.Combine(Path, "cluster.yaml");

    /// <summary>Whether an operator keeps the node out; it stays so over restarts, until the next boot.</summary>
    public bool Maintenance
    {
        get => File.Exists(MaintenanceFile);
        set
        {
            if (value)
            {
                File.WriteAllText(MaintenanceFile, "");
            }
            else
            {
                File.Delete(MaintenanceFile);
            }
        }
    }

    private string MaintenanceFile => System.IO.Path.Combine(Path, "maintenance");

    public void Dispose() => _lock.Dispose();
}
