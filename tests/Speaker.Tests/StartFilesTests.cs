// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Tests;

/// <summary>Files and flags the speaker starts from: what cannot be used is told in a sentence that names it and the remedy.</summary>
public sealed class StartFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("speaker-tests-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void ExcludedInterfaces_WithoutAFile_AreTheBuiltInOnes()
    {
        Assert.Contains(ExcludeInterfacesFile.Read(Path("none.yaml")), r => r.IsMatch("docker0"));
        Assert.Contains(ExcludeInterfacesFile.Read(Path("nowhere/none.yaml")), r => r.IsMatch("docker0"));
    }

    [Fact]
    public void ExcludedInterfaces_OfAFile_AreItsPatternsAlone()
    {
        File.WriteAllText(Path("x.yaml"), "# ours\nannouncedInterfacesToExclude:\n  - ^dummy.*\n  - \"^tun[0-9]+$\"\n");
        var patterns = ExcludeInterfacesFile.Read(Path("x.yaml"));
        Assert.Equal(2, patterns.Count);
        Assert.Matches(patterns[1], "tun7");
        Assert.DoesNotContain(patterns, r => r.IsMatch("docker0"));
    }

    [Theory]
    [InlineData("interfaces: [a]", "is not a list entry")]
    [InlineData("- (", "is not a pattern this speaker can use")]
    public void ExcludedInterfaces_OfAFileThatIsNone_AreRefusedByName(string text, string said)
    {
        File.WriteAllText(Path("x.yaml"), text);
        Has(said, Assert.Throws<SpeakerStartException>(() => ExcludeInterfacesFile.Read(Path("x.yaml"))));
    }

    // A directory in the file's place cannot be read by anybody, whoever runs the test; so it goes with a file without the right.
    [Fact]
    public void ExcludedInterfaces_OfAFileThatMayNotBeRead_AreRefusedWithTheRemedy()
    {
        Directory.CreateDirectory(Path("x.yaml"));
        Has("--exclude-interfaces-file", Assert.Throws<SpeakerStartException>(() => ExcludeInterfacesFile.Read(Path("x.yaml"))));
    }

    [Fact]
    public void HeartbeatKey_WithOrWithoutALineBreak_IsTheSame()
    {
        File.WriteAllText(Path("a"), "0123456789abcdef0123");
        File.WriteAllText(Path("secretkey"), "0123456789abcdef0123\n");
        Assert.Equal(HeartbeatKeyFile.Read(Path("a"), false).ToArray(), HeartbeatKeyFile.Read(_directory, false).ToArray());
    }

    [Fact]
    public void HeartbeatKey_MissingShortOrLong_IsRefused()
    {
        Has("--insecure-heartbeats", Assert.Throws<SpeakerStartException>(() => HeartbeatKeyFile.Read("", false)));
        Assert.True(HeartbeatKeyFile.Read("", true).IsEmpty);
        Has("cannot read the heartbeat key", Assert.Throws<SpeakerStartException>(() => HeartbeatKeyFile.Read(Path("none"), false)));
        File.WriteAllText(Path("short"), "0123456789abcde\n");
        Has("has 15 octets", Assert.Throws<SpeakerStartException>(() => HeartbeatKeyFile.Read(Path("short"), false)));
        File.WriteAllBytes(Path("long"), new byte[4097]);
        Has("has 4097 octets", Assert.Throws<SpeakerStartException>(() => HeartbeatKeyFile.Read(Path("long"), false)));
    }

    [Fact]
    public void HeartbeatPeers_AreAddressesAndTheWordNodes()
    {
        HeartbeatPeers peers = HeartbeatPeers.Parse("192.0.2.11, nodes,2001:db8::1,192.0.2.11");
        Assert.Equal([IpAddr.Parse("192.0.2.11"), IpAddr.Parse("2001:db8::1")], peers.Addresses);
        Assert.True(peers.OfNodes);
        Assert.Empty(HeartbeatPeers.Parse("").Addresses);
    }

    [Theory]
    [InlineData("host.example.test")]
    [InlineData("224.0.0.1")]
    [InlineData("0.0.0.0")]
    public void HeartbeatPeers_OfAnythingElse_AreRefused(string text) =>
        Has("--heartbeat-peers", Assert.Throws<SpeakerStartException>(() => HeartbeatPeers.Parse(text)));

    private static void Has(string said, Exception fault) => Assert.Contains(said, fault.Message, StringComparison.Ordinal);

    private string Path(string name) => System.IO.Path.Combine(_directory, name);
}
