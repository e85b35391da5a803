// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace LoadBalancer.Lab.State;

/// <summary>
/// What is on record about one lab, below /run so that a reboot forgets it: the owner, the processes it started, its logs.
/// Written before what it describes exists, so that a killed owner leaves nothing unrecorded.
/// </summary>
public sealed class LabState
{
    /// <summary>Directory that holds one directory per lab.</summary>
    public const string Root = "/run/loadbalancer-lab";

    private readonly Lock _appending = new();

    private LabState(string id) => Id = id;

    public string Id { get; }

    public string Directory => Path.Combine(Root, Id);

    /// <summary>Start of the name of each of the lab's namespaces.</summary>
    public string NamespacePrefix => $"lab-{Id}-";

    private string OwnerFile => Path.Combine(Directory, "owner");

    private string ProcessesFile => Path.Combine(Directory, "processes");

    private string KeepFile => Path.Combine(Directory, "keep");

    /// <summary>Whether the lab was told to outlive its owner; such a lab goes only when it is taken down by name.</summary>
    public bool Kept => File.Exists(KeepFile);

    /// <summary>Claims a fresh lab for this process.</summary>
    public static LabState Create()
    {
        System.IO.Directory.CreateDirectory(Root);
        if (!ProcessIdentity.TryOf(Environment.ProcessId, out var owner))
            throw new InvalidOperationException("/proc is not mounted: the lab cannot tell its own processes from others.");
        while (true)
        {
            var state = new LabState(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))[..5]);
            var draft = Path.Combine(Root, $".new-{state.Id}-{owner.Pid}");
            System.IO.Directory.CreateDirectory(Path.Combine(draft, "logs"));
            File.WriteAllText(Path.Combine(draft, "owner"), owner.ToString());
            File.WriteAllText(Path.Combine(draft, "processes"), "");
            try
            {
                // A rename shows the directory to other labs' sweeps only when its owner is on record.
                System.IO.Directory.Move(draft, state.Directory);
                return state;
            }
            catch (IOException) when (System.IO.Directory.Exists(state.Directory))
            {
                System.IO.Directory.Delete(draft, recursive: true);
            }
        }
    }

    /// <summary>Every lab on record.</summary>
    public static IReadOnlyList<LabState> All() => System.IO.Directory.Exists(Root)
        ? [.. System.IO.Directory.EnumerateDirectories(Root).Select(d => Path.GetFileName(d)!)
            .Where(n => n.All(char.IsAsciiHexDigit)).Order(StringComparer.Ordinal).Select(n => new LabState(n))]
        : [];

    /// <summary>The process that made the lab, or false when its record cannot be read.</summary>
    public bool TryOwner(out ProcessIdentity owner)
    {
        owner = default;
        return ReadLines(OwnerFile) is [var line, ..] && ProcessIdentity.TryRead(line, out owner);
    }

    /// <summary>Puts a started process on record.</summary>
    public void Record(ProcessIdentity process, string name)
    {
        lock (_appending)
            File.AppendAllText(ProcessesFile, $"{process} {name}\n");
    }

    public IReadOnlyList<ProcessIdentity> Processes()
    {
        var found = new List<ProcessIdentity>();
        foreach (var line in ReadLines(ProcessesFile))
        {
            if (ProcessIdentity.TryRead(line, out var process))
                found.Add(process);
        }

        return found;
    }

    /// <summary>Namespaces of the lab that exist now.</summary>
    public IReadOnlyList<string> Namespaces() => System.IO.Directory.Exists("/run/netns")
        ? [.. System.IO.Directory.EnumerateFiles("/run/netns", NamespacePrefix + "*").Select(f => Path.GetFileName(f)!)]
        : [];

    /// <summary>Lets the lab outlive its owner.</summary>
    public void Keep() => File.WriteAllText(KeepFile, "");

    internal void Forget()
    {
        try
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another sweep was faster.
        }
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
