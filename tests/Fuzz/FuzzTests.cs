// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Fuzz;

public sealed class FuzzTests
{
    private static readonly string Found = Path.Combine(AppContext.BaseDirectory, "found");

    public static TheoryData<string> Names => [.. Targets.All.Select(target => target.Name)];

    [Theory]
    [Trait("Scenario", "C091")]
    [Trait("Scenario", "SC-06")]
    [MemberData(nameof(Names))]
    public void Target_SeedsCutAndMutated_KeepsItsRules(string name) => Fuzzer.Run(Target(name), Fuzzer.Iterations, Found);

    [Theory]
    [MemberData(nameof(Names))]
    public void Target_EverythingFoundBefore_KeepsItsRules(string name)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "corpus", name);
        foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.hex") : [])
        {
            Fuzzer.Replay(Target(name), Convert.FromHexString(File.ReadAllText(file).Trim()));
        }
    }

    [Fact]
    public void Corpus_EveryFolder_BelongsToATarget()
    {
        string corpus = Path.Combine(AppContext.BaseDirectory, "corpus");
        Assert.NotEmpty(Directory.GetDirectories(corpus));
        Assert.All(Directory.GetDirectories(corpus), folder => Assert.NotNull(Target(Path.GetFileName(folder))));
    }

    [Fact]
    public void Harness_ReadPastTheEnd_IsFoundAndKept()
    {
        string folder = Directory.CreateTempSubdirectory("fuzz-").FullName;
        try
        {
            FuzzTarget careless = FuzzTarget.Octets("careless", input => _ = input.IsEmpty ? (byte)0 : input[input[0] & 7], "0102030405060708090a");
            FuzzFailureException failure = Assert.Throws<FuzzFailureException>(() => Fuzzer.Run(careless, 1000, folder));
            string file = Assert.Single(Directory.GetFiles(Path.Combine(folder, "careless")));
            byte[] input = Convert.FromHexString(File.ReadAllText(file).Trim());
            Assert.Contains(Convert.ToHexStringLower(input), failure.Message, StringComparison.Ordinal);
            Assert.Throws<IndexOutOfRangeException>(() => Fuzzer.Replay(careless, input));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Harness_GrowingMemory_IsFound()
    {
        FuzzTarget greedy = FuzzTarget.Octets("greedy", input => GC.KeepAlive(new byte[input.Length << 16]));
        Assert.Throws<InvalidOperationException>(() => Fuzzer.Replay(greedy, new byte[8]));
    }

    private static FuzzTarget Target(string name) => Targets.All.Single(target => target.Name == name);
}
