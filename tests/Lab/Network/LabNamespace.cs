// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using LoadBalancer.Lab.Native;

namespace LoadBalancer.Lab.Network;

/// <summary>A named network namespace; opens sockets in it for this process without moving any thread of ours into it.</summary>
public sealed class LabNamespace(string name)
{
    /// <summary>The name as `ip netns` knows it.</summary>
    public string Name { get; } = name;

    /// <summary>Where the namespace is mounted.</summary>
    public string Path => "/run/netns/" + Name;

    /// <summary>
    /// Runs an action on a thread that lives in the namespace and ends with it. The action must not start threads or
    /// queue work: a thread inherits the namespace of the thread that made it, and pool threads outlive the call.
    /// </summary>
    public void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                action();
            }
#pragma warning disable CA1031 // rethrown on the caller's thread
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = "lab " + Name,
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>Opens a socket that belongs to the namespace for good, whichever thread uses it later.</summary>
    public Socket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        var fd = -1;
        // The raw call, not the Socket constructor: nothing of the runtime runs while the thread is elsewhere.
        Run(() =>
        {
            fd = Libc.Socket(
                family == AddressFamily.InterNetworkV6 ? Libc.FamilyInet6 : Libc.FamilyInet,
                (type == SocketType.Stream ? 1 : 2) | Libc.SocketCloseOnExec,
                protocol == ProtocolType.Tcp ? 6 : 17);
            if (fd < 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "socket in namespace " + Name);
        });
        return new Socket(new SafeSocketHandle(fd, ownsHandle: true));
    }

    /// <summary>Writes kernel settings of the namespace, each named as a path below /proc/sys; absent ones are left out.</summary>
    public void SetKernel(params IReadOnlyList<(string Path, string Value)> settings) => Run(() =>
    {
        foreach (var (path, value) in settings)
        {
            var file = "/proc/sys/" + path;
            if (File.Exists(file))
                File.WriteAllText(file, value);
        }
    });

    private void Enter()
    {
        var fd = Libc.Open(Path, Libc.ReadOnlyCloseOnExec);
        if (fd < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "open " + Path);
        var result = Libc.SetNs(fd, Libc.CloneNewNet);
        var error = Marshal.GetLastPInvokeError();
        _ = Libc.Close(fd);
        if (result != 0)
            throw new Win32Exception(error, "setns " + Path + " (the lab needs root)");
    }
}
