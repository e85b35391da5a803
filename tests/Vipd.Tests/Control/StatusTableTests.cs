// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vipd.Forwarding;
using Spectre.Console;

namespace LoadBalancer.Vipd.Tests.Control;

public sealed class StatusTableTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(365);

    [Fact]
    public void Write_OneHundredColumns_BreaksNoAddress()
    {
        string text = Text(100, Document("web", "192.0.2.100/24"));
        Assert.Contains(" 192.0.2.100/24 ", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 100, line));
    }

    [Fact]
    public void Write_MoreThanFits_CutsNothingOff()
    {
        string name = "an-instance-whose-name-somebody-thought-about-for-too-long";
        string text = Text(80, Document(name, "2001:db8:1234:5678:9abc:def0:1234:5678/128"));
        Assert.DoesNotContain('…', text);
        Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Console_OutputIsAPipe_WritesNoEscapeCodesAndLongLines()
    {
        using StringWriter output = new();
        StatusTable.Write(Document("web", "192.0.2.100/24") with { Problems = [new('x', 100)] }, StatusTable.Console(output, isRedirected: true), Now);
        Assert.DoesNotContain('\u001b', output.ToString());
        Assert.Contains(new string('x', 100), output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_VirtualServers_SaysWhichServerIsDownAndWhy()
    {
        RealServerStatus up = new("198.51.100.21", 8080, IsUp: true, 10, 0, 0, 0, []);
        RealServerStatus down = new("2001:db8::22", 8080, IsUp: false, 10, 0, 0, 0, [new("http", false, "status 503", 5, 5)]);
        VirtualServerStatus service = new("shop", IsHeld: true, HasQuorum: true, 10, UsesSorryServer: false, [], [new("192.0.2.100", 80, "tcp", 0, 0, 0, 0)], [up, down]);
        string text = Text(80, Document("web", "192.0.2.100/24") with { Forwarding = new(true, [], [], 1, [service]) });
        Assert.Contains("192.0.2.100:80 tcp", text, StringComparison.Ordinal);
        Assert.Contains("198.51.100.21:8080", text, StringComparison.Ordinal);
        Assert.Contains("[2001:db8::22]:8080", text, StringComparison.Ordinal);
        Assert.Contains("http: status 503", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NoInstances_SaysSo() => Assert.Contains("master of 0 of 0 instances", Text(80, Document("web", "192.0.2.100/24") with { Instances = [] }), StringComparison.Ordinal);

    private static string Text(int width, StatusDocument document)
    {
        using StringWriter output = new();
        IAnsiConsole console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        StatusTable.Write(document, console, Now);
        return output.ToString();
    }

    private static StatusDocument Document(string name, string address) => new()
    {
        Node = "node-a",
        Version = "1",
        Maintenance = false,
        Configuration = new("vipd.yaml", Now, []),
        Groups = [],
        Tracked = [],
        Forwarding = ForwardingStatus.None,
        Instances =
        [
            new()
            {
                Name = name,
                Interface = "eth0",
                Family = "IPv4",
                VirtualRouterId = 51,
                State = "master",
                Since = Now,
                Held = "",
                Master = "192.0.2.1",
                Priority = 100,
                ConfiguredPriority = 100,
                Addresses = [address],
                AdvertIntervalSeconds = 1,
                MasterDownIntervalSeconds = 3.609,
                Group = "",
                LastTransition = new("backup", "master", "nothing was heard of a master for a master-down interval", "", Now),
                Peers = [],
                Counters = new(0, 0, 0, 0, 0, 0, 0, 0),
            },
        ],
    };
}
