// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig.Keepalived;

namespace LoadBalancer.VipConfig.Tests;

public sealed class PreprocessorTests
{
    [Theory]
    [InlineData("a b # c", "a b")]
    [InlineData("! whole line", "")]
    [InlineData("a \"b # c\" ! d", "a \"b # c\"")]
    [InlineData("a \\# b", "a # b")]
    [InlineData("@lb1 a\n@lb2 b\n@^lb1 c\n@^lb2 d", "a|d")]
    [InlineData("$X=1\na $X b${X}c $XY", "a 1 b1c $XY")]
    [InlineData("$A=10.${B}\n$B=0\nx ${A}.1\n$B=9\nx ${A}.1", "x 10.0.1|x 10.9.1")]
    [InlineData("$IF=@lb1\n$IF a\n$IF2=@other\n$IF2 b", "a")]
    [InlineData("~SEQ(N, 0, 3) a${N}", "a0|a1|a2|a3")]
    [InlineData("~SEQ(N, 3) a${N}", "a1|a2|a3")]
    [InlineData("~SEQ(N, 9, -4, 1) a${N}", "a9|a5|a1")]
    [InlineData("~SEQx(N, 0x90, 0x10, 0xb0) a${N}", "a90|aa0|ab0")]
    [InlineData("~SEQ(I,1,2) ~SEQ(J,1,2) ${I}${J}", "11|12|21|22")]
    [InlineData("~LST(A, x, y) ${A}", "x|y")]
    [InlineData("~LST({A, B}, {1, 2}, {3, 4}) ${A}-${B}", "1-2|3-4")]
    [InlineData("a \\\n b \\\n c", "a b c")]
    [InlineData("$M= \\\nl1 ${N} \\\nl2\n$N=5\n$M\nend", "l1 5|l2|end")]
    [InlineData("$M= \\\na \\\nb\n@lb1 x $M y", "x a|b y")]
    [InlineData("${_HASH} ${_BANG} ${_PWD} ${_INSTANCE} ${_RANDOM 7 9}", "# ! /etc lb1 7")]
    [InlineData("cost $5 ${UNKNOWN}", "cost $5 ${UNKNOWN}")]
    public void Lines_Read_AreThese(string text, string lines)
    {
        ProblemList problems = new();
        List<ConfLine> read = new Preprocessor(new() { ConfigId = "lb1", HostName = "lb1" }, problems).Read(text, "/etc/k.conf");
        Assert.Equal(lines, string.Join('|', read.Select(line => line.Text)));
        Assert.Empty(problems.InOrder());
    }

    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("abcd\" efg h jkl \"mnop", "abcd efg h jkl mnop")]
    [InlineData("abcd \"efg h jkl\" mnop", "abcd|efg h jkl|mnop")]
    [InlineData("a 'b \"c' \"d'e\"", "a|b \"c|d'e")]
    [InlineData("\"a\\\"b\\\\c\\x41\\102\\t.\\cA\"", "a\"b\\cAB\t.\u0001")]
    [InlineData("x{a}b", "x|{|a|}|b")]
    [InlineData("\"\"", "")]
    public void Words_Read_AreThese(string line, string words)
    {
        List<Token> tokens = [];
        Assert.True(Lexer.TryRead(line, tokens));
        Assert.Equal(words, string.Join('|', tokens.Select(token => token.Text)));
    }

    [Fact]
    public void Include_WithWildcards_ReadsFilesInOrderAndNamesTheirLines()
    {
        ConfFiles files = new(
            ("/etc/k/conf.d/b.conf", "vrrp_script b {\n script \"/bin/b\"\n bogus\n}"),
            ("/etc/k/conf.d/a.conf", "vrrp_script a {\n script \"/bin/a\"\n}\ninclude sub/*.conf"),
            ("/etc/k/conf.d/sub/c.conf", "vrrp_script c {\n script \"${_PWD}/c\"\n}"),
            ("/etc/k/conf.d/ignored.txt", "x"));
        ConfigurationReading reading = KeepalivedConf.Read("include conf.d/*.conf\n", "/etc/k/keepalived.conf", new() { Files = files });
        Assert.Equal(["a", "c", "b"], reading.Configuration.Scripts.Select(script => script.Name));
        Assert.Equal("/etc/k/conf.d/sub/c", reading.Configuration.Scripts[1].Command[0]);
        Assert.Contains(reading.Problems, problem => problem.Position == new SourcePosition("/etc/k/conf.d/b.conf", 3, 0));
    }

    [Theory]
    [InlineData("include self.conf", ProblemKind.Error, "includes itself")]
    [InlineData("include missing.conf", ProblemKind.Error, "cannot be read")]
    [InlineData("include no*.conf", ProblemKind.Warning, "matches no file")]
    [InlineData("includer no*.conf", ProblemKind.Error, "matches no file")]
    public void Include_OfNothingOrItself_IsReported(string line, ProblemKind kind, string says)
    {
        ConfFiles files = new(("/self.conf", "include self.conf"));
        ConfigurationReading reading = KeepalivedConf.Read(line, "/k.conf", new() { Files = files });
        Assert.Contains(reading.Problems, problem => problem.Kind == kind && problem.Message.Contains(says, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a.conf", "*.conf", true)]
    [InlineData("a.conf", "?.c[m-p]nf", true)]
    [InlineData("a.conf", "[!a]*", false)]
    [InlineData("abcabd", "*ab?", true)]
    [InlineData("abc", "*b", false)]
    public void Glob_Name_Matches(string name, string pattern, bool matches) => Assert.Equal(matches, Glob.Matches(name, pattern));

    [Fact]
    public void Lines_GrowingWithoutEnd_AreCut()
    {
        ConfigurationReading reading = KeepalivedConf.Read("~SEQ(A,1,60000) ~SEQ(B,1,60000) x${A}", "k.conf", new() { MostLines = 1000 });
        Assert.Contains(reading.Problems, problem => problem.Message.Contains("grows to more than 1000 lines", StringComparison.Ordinal));
    }
}
