// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Configuration;

namespace LoadBalancer.Vipd.Tests.Configuration;

public sealed class FileConfigurationTests : IDisposable
{
    private const string Keepalived = """
        vrrp_instance web {
            interface eth0
            virtual_router_id 51
            priority 150
            virtual_ipaddress { 192.0.2.100/24 }
        }

        """;

    private const string Yaml = """
        version: 1
        instances:
          web:
            interface: eth0
            virtualRouterId: 51
            addresses: [192.0.2.100/24]

        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("vipd-configuration-");

    [Theory]
    [InlineData("a.yaml", "vrrp_instance x {", true)]
    [InlineData("keepalived.conf", "version: 1", false)]
    [InlineData("config", "# a comment\n\nversion: 1\n", true)]
    [InlineData("config", "! a comment\nglobal_defs {\n", false)]
    public void IsYaml_NameAndText_TellTheKind(string name, string text, bool expected) => Assert.Equal(expected, FileConfiguration.IsYaml(name, text));

    [Fact]
    public void Read_EitherKind_GivesTheInstance()
    {
        Assert.Equal(150, Read("keepalived.conf", Keepalived).Configuration.Instances[0].Priority);
        Assert.Equal("web", Read("vipd.yaml", Yaml).Configuration.Instances[0].Name);
    }

    [Fact]
    public void HasChanged_FileOrWhatItIncludes_IsSeen()
    {
        string included = Write("more.conf", "# nothing\n");
        FileConfiguration configuration = new(Write("keepalived.conf", $"include {included}\n{Keepalived}"), "node");
        Assert.True(configuration.Read().IsValid);
        Assert.False(configuration.HasChanged());
        File.WriteAllText(included, "# something longer\n");
        Assert.True(configuration.HasChanged());
    }

    [Fact]
    public void Read_BeginsWithAByteOrderMark_IsReadAllTheSame()
    {
        Assert.True(Read("keepalived.conf", "\ufeff" + Keepalived).IsValid);
        Assert.True(Read("vipd.yaml", "\ufeff" + Yaml).IsValid);
    }

    [Fact]
    public void Read_KeepalivedNamesAProgramWithoutItsPath_TheOneOfThisHostIsTaken()
    {
        ConfigurationReading reading = Read("keepalived.conf", "vrrp_script alive {\n script \"test -e /\"\n}\n" + Keepalived);
        Assert.True(reading.IsValid);
        Assert.EndsWith("/test", reading.Configuration.Scripts[0].Command[0], StringComparison.Ordinal);
        Assert.StartsWith("/", reading.Configuration.Scripts[0].Command[0], StringComparison.Ordinal);
        Assert.False(Read("keepalived.conf", "vrrp_script alive {\n script \"no-such-program-at-all\"\n}\n" + Keepalived).IsValid);
        // A vipd.yaml says what it means.
        Assert.False(Read("vipd.yaml", Yaml + "scripts:\n  alive:\n    command: [test, -e, /]\n").IsValid);
    }

    [Fact]
    public void Read_Directory_SaysThatItIsOne()
    {
        IOException fault = Assert.Throws<IOException>(() => new FileConfiguration(_directory.FullName, "node").Read());
        Assert.Contains("is a directory", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFile_SaysHowToNameIt()
    {
        IOException fault = Assert.Throws<IOException>(() => new FileConfiguration(Path.Combine(_directory.FullName, "none.yaml"), "node").Read());
        Assert.Contains("--config", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("    advertiseToHigher: true\n", "instances.web.advertiseToHigher")]
    [InlineData("    routes:\n      - destination: 198.51.100.0/24\n        via: 192.0.2.1\n        mtu: 1400\n", "instances.web.routes[0]")]
    [InlineData("    rules:\n      - priority: 100\n        from: 192.0.2.100\n        ipProtocol: tcp\n", "instances.web.rules[0]")]
    [InlineData("    unicast:\n      peers:\n        - address: 192.0.2.2\n          maxTtl: 100\n", "instances.web.unicast.peers")]
    public void Read_WhatIsNotDone_IsRefusedByName(string lines, string path)
    {
        ConfigurationReading reading = Read("vipd.yaml", Yaml + lines);
        ConfigProblem problem = Assert.Single(reading.Problems, p => p.Kind == ProblemKind.Error && p.Path == path && p.Message.Contains(": ", StringComparison.Ordinal));
        // The lines follow the six of the file, or end it.
        Assert.InRange(problem.Position.Line, 7, 10);
        Assert.EndsWith("vipd.yaml", problem.Position.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhatIsNotDoneInAKeepalivedFile_IsRefusedWithItsLine()
    {
        ConfigurationReading reading = Read("keepalived.conf", Keepalived.Replace("    priority 150\n", "    priority 150\n    higher_prio_send_advert\n", StringComparison.Ordinal));
        ConfigProblem problem = Assert.Single(reading.Problems, static p => p.Kind == ProblemKind.Error);
        Assert.Equal(5, problem.Position.Line);
    }

    [Fact]
    public void Read_AcceptIsFalse_IsTaken()
    {
        ConfigurationReading reading = Read("vipd.yaml", Yaml.TrimEnd() + "\n    accept: false\n");
        Assert.True(reading.IsValid);
        Assert.False(reading.Configuration.Instances[0].Accept);
    }

    [Fact]
    public void Read_TwoDevicesOfOneName_IsRefused()
    {
        ConfigurationReading reading = Read("vipd.yaml", Yaml + "    virtualMac: {}\n" + "  other:\n    interface: eth1\n    virtualRouterId: 51\n    virtualMac: {}\n    addresses: [192.0.2.101/24]\n");
        Assert.Contains(reading.Problems, static p => p.Path == "instances.other.virtualMac.interface");
    }

    [Fact]
    [Trait("Scenario", "CFG-16")]
    [Trait("Scenario", "CFG-17")]
    public void CheckAndImport_KeepalivedFile_ReportAndConvert()
    {
        string file = Write("keepalived.conf", Keepalived);
        StringWriter output = new(), errors = new();
        Assert.Equal(0, Reports.Check(file, "node", output, errors));
        Assert.Contains("1 instance", output.ToString(), StringComparison.Ordinal);
        output = new();
        Assert.Equal(0, Reports.Import(file, "node", output, errors));
        Assert.Equal(Read("again.yaml", output.ToString()).Configuration, new FileConfiguration(file, "node").Read().Configuration);
        Assert.Equal(1, Reports.Check(Write("bad.yaml", "version: 1\nnonsense: 2\n"), "node", output, errors));
        Assert.Contains("bad.yaml:2:", errors.ToString() + output, StringComparison.Ordinal);
    }

    private ConfigurationReading Read(string name, string text) => new FileConfiguration(Write(name, text), "node").Read();

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
