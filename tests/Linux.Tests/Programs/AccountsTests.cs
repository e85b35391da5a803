// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Programs;

namespace LoadBalancer.Linux.Tests.Programs;

public sealed class AccountsTests : IDisposable
{
    private readonly Place _place = new();
    private readonly Accounts _accounts;

    public AccountsTests()
    {
        File.WriteAllText(_place.At("passwd"), "root:x:0:0::/root:/bin/sh\n\nbroken\nweb:x:33:34::/:/bin/false\nnobody:x:65534:65533::/:/bin/false\n");
        File.WriteAllText(_place.At("group"), "root:x:0:\nweb:x:34:\nlogs:x:4:syslog,web\nadm:x:5:webmaster\n");
        _accounts = new(_place.At("passwd"), _place.At("group"));
    }

    [Theory]
    [InlineData("web", "", 33, 34, "34,4")]
    [InlineData("web", "logs", 33, 4, "4")]
    [InlineData("33", "", 33, 34, "34,4")]
    [InlineData("777", "", 777, 777, "777")]
    [InlineData("777", "web", 777, 34, "34")]
    [InlineData("web", "888", 33, 888, "888,4")]
    [InlineData("", "", 65534, 65533, "65533")]
    public void Account_OfNamesOrNumbers_HasIdsAndGroups(string user, string group, uint id, uint primary, string groups)
    {
        Assert.True(_accounts.TryFind(user, group, out ProgramAccount? account, out _));
        Assert.Equal((id, primary, groups), (account.User, account.Group, string.Join(',', account.Groups)));
    }

    [Fact]
    public void Account_OfNobody_PrefersTheOneOfKeepalived()
    {
        File.AppendAllText(_place.At("passwd"), "keepalived_script:x:71:72::/:/bin/false\n");
        Assert.True(_accounts.TryFind("", "", out ProgramAccount? account, out _));
        Assert.Equal((71u, 72u), (account.User, account.Group));
    }

    [Fact]
    public void Account_ThatIsNotThere_IsNamed()
    {
        Assert.False(_accounts.TryFind("nosuch", "", out _, out string? problem));
        Assert.StartsWith("there is no user nosuch in ", problem, StringComparison.Ordinal);
        Assert.False(_accounts.TryFind("web", "nosuch", out _, out problem));
        Assert.StartsWith("there is no group nosuch in ", problem, StringComparison.Ordinal);
    }

    public void Dispose() => _place.Dispose();
}
