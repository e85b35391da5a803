// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vipd.Tests.Hooks;

namespace LoadBalancer.Vipd.Tests.Holding;

public sealed class SettingsRecordTests : IDisposable
{
    private static readonly ChangedSetting Ignore = new(2, InterfaceSetting.ArpIgnore, 0, 1);
    private static readonly ChangedSetting Announce = new(3, InterfaceSetting.ArpAnnounce, 1, 2);

    private readonly string _directory = Directory.CreateTempSubdirectory("vipd-settings-").FullName;
    private readonly KeptLog _log = new();
    private readonly Dictionary<int, string> _names = new() { [2] = "eth0", [3] = "eth1" };
    private readonly SettingsRecord _record;

    public SettingsRecordTests() => _record = new(Record, () => _names, _log);

    private string Record => Path.Combine(_directory, "settings");

    [Fact]
    public void Read_WhatWasWritten_IsThere()
    {
        Assert.Empty(_record.Read());
        _record.Write([Ignore, Announce]);
        Assert.Equal([Ignore, Announce], _record.Read());
        _record.Write([Announce]);
        Assert.Equal([Announce], _record.Read());
        Assert.Equal([Record], Directory.GetFiles(_directory));
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void Write_NothingIsChanged_LeavesNoFile()
    {
        _record.Write([Ignore]);
        _record.Write([]);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public void Read_AnotherInterfaceUnderTheNumber_IsNotTouched()
    {
        _record.Write([Ignore, Announce]);
        _names[2] = "eth7";
        Assert.Equal([Announce], _record.Read());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Read_OfAnotherBootOrNamespace_IsVoid(int word)
    {
        _record.Write([Ignore]);
        string text = File.ReadAllText(Record);
        string place = text.Split(' ')[3 + word];
        File.WriteAllText(Record, text.Replace(place, place[..^2] + (place[^2] == '1' ? '2' : '1') + place[^1], StringComparison.Ordinal));
        Assert.Empty(_record.Read());
        Assert.Empty(_log.Entries);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("2 eth0 ArpIgnore 0 1\n")]
    public void Read_NotWhole_IsIgnoredAndSaid(string text)
    {
        File.WriteAllText(Record, text);
        Assert.Empty(_record.Read());
        Assert.Contains("it is not whole", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EachPrefixAndEachOctetChanged_IsNotBelieved()
    {
        _record.Write([Ignore, Announce]);
        byte[] whole = File.ReadAllBytes(Record);
        int body = Array.IndexOf(whole, (byte)'\n');
        for (int i = 0; i < whole.Length; i++)
        {
            File.WriteAllBytes(Record, whole[..i]);
            Assert.Empty(_record.Read());
            if (i > body)
            {
                byte[] other = [.. whole];
                other[i] ^= 1;
                File.WriteAllBytes(Record, other);
                Assert.Empty(_record.Read());
            }
        }
    }

    [Theory]
    [InlineData("2 eth0 ArpIgnore 0 256")]
    [InlineData("2 eth0 ArpIgnore -1 1")]
    [InlineData("2 eth0 Hostname 0 1")]
    [InlineData("2 eth0 4711 0 1")]
    [InlineData("2 eth0 ArpIgnore 0")]
    public void Read_WholeButNoSetting_IsIgnoredAndSaid(string line)
    {
        _record.Write([Ignore]);
        string[] words = File.ReadAllText(Record).Split('\n')[0].Split(' ');
        string seal = Fingerprint.Of(System.Text.Encoding.UTF8.GetBytes(line + "\n")).ToString();
        File.WriteAllText(Record, $"{string.Join(' ', words[..^1])} {seal}\n{line}\n");
        Assert.Empty(_record.Read());
        Assert.Contains($"\"{line}\" is no setting", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OthersMayWriteIt_IsIgnoredAndSaid()
    {
        _record.Write([Ignore]);
        File.SetUnixFileMode(Record, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        Assert.Empty(_record.Read());
        Assert.Contains("others than its owner may write it", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TooLong_IsIgnoredAndSaid()
    {
        File.WriteAllBytes(Record, new byte[(1 << 18) + 1]);
        Assert.Empty(_record.Read());
        Assert.Contains("octets", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_DirectoryIsGone_IsSaidOnce()
    {
        SettingsRecord nowhere = new(Path.Combine(_directory, "gone", "settings"), () => _names, _log);
        nowhere.Write([Ignore]);
        nowhere.Write([Ignore, Announce]);
        Assert.Contains("could not be kept", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
