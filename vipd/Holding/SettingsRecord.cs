// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using LoadBalancer.Linux.Netlink;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Holding;

/// <summary>
/// The settings of interfaces that were changed, in a file of the state directory, written before each change: a process that was
/// killed could not put them back, and its successor would take them for the host's own. A line says of which boot and network
/// namespace it is and that it is whole; then one for each setting: interface, its name, setting, what it was, what it was set to.
/// </summary>
internal sealed class SettingsRecord(string path, Func<IReadOnlyDictionary<int, string>> names, ILogger logger)
{
    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int MostOctets = 1 << 18;
    private const int HighestValue = 255;
    private const string Kind = "vipd settings 1";

    private string _toldFault = "";

    // Numbers of interfaces mean something in their namespace alone, and settings end with the boot.
    private static string Place =>
        $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()} {new FileInfo("/proc/self/ns/net").LinkTarget}";

    /// <summary>What an earlier process changed and did not put back; nothing where nothing is to be believed, which is said.</summary>
    public IReadOnlyList<ChangedSetting> Read()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
#pragma warning disable CA1416 // the daemon is Linux through and through
            if ((File.GetUnixFileMode(path) & OthersMayWrite) != 0)
#pragma warning restore CA1416
            {
                return Ignore("others than its owner may write it");
            }

            if (new FileInfo(path).Length > MostOctets)
            {
                return Ignore($"it has more than {MostOctets} octets");
            }

            string[] lines = File.ReadAllText(path).Split('\n');
            string body = string.Join('\n', lines[1..]);
            if (lines.Length < 2 || !lines[0].StartsWith(Kind + " ", StringComparison.Ordinal) || !lines[0].EndsWith(" " + Seal(body), StringComparison.Ordinal))
            {
                return Ignore("it is not whole");
            }

            return lines[0] == Header(body) ? Parse(lines[1..]) : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Ignore(fault.Message);
        }
    }

    /// <summary>Keeps this, and nothing else; on the disk when it returns.</summary>
    public void Write(IReadOnlyList<ChangedSetting> changed)
    {
        try
        {
            if (changed.Count == 0)
            {
                File.Delete(path);
                return;
            }

            IReadOnlyDictionary<int, string> known = names();
            string body = string.Concat(changed
                .Where(c => known.ContainsKey(c.InterfaceIndex))
                .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.InterfaceIndex} {known[c.InterfaceIndex]} {c.Setting} {c.Before} {c.Now}\n")));
            OwnFile.Replace(path, $"{Header(body)}\n{body}");
            _toldFault = "";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (fault.Message != _toldFault)
            {
                _toldFault = fault.Message;
                Log.SettingsNotKept(logger, path, fault.Message);
            }
        }
    }

    private static string Header(string body) => $"{Kind} {Place} {Seal(body)}";

    private static string Seal(string body) => Fingerprint.Of(Encoding.UTF8.GetBytes(body)).ToString();

    // An interface that is gone, or another under its number, has nothing that is to be put back.
    private IReadOnlyList<ChangedSetting> Parse(string[] lines)
    {
        IReadOnlyDictionary<int, string> known = names();
        List<ChangedSetting> changed = [];
        foreach (string line in lines.Where(static l => l.Length > 0))
        {
            string[] words = line.Split(' ');
            if (words.Length != 5
                || !int.TryParse(words[0], CultureInfo.InvariantCulture, out int index)
                || !Enum.TryParse(words[2], out InterfaceSetting setting)
                || !Enum.IsDefined(setting)
                || !TryValue(words[3], out int before)
                || !TryValue(words[4], out int now))
            {
                return Ignore($"\"{line}\" is no setting of an interface");
            }

            if (known.GetValueOrDefault(index) == words[1])
            {
                changed.Add(new(index, setting, before, now));
            }
        }

        return changed;
    }

    private static bool TryValue(string word, out int value) => int.TryParse(word, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= HighestValue;

    private IReadOnlyList<ChangedSetting> Ignore(string why)
    {
        Log.SettingsIgnored(logger, path, why);
        return [];
    }
}
