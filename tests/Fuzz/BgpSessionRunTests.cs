// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Fuzz;

/// <summary>
/// Sessions that live through everything a peer can say: FUZZ_MESSAGES of it, few enough for every build unless it is set.
/// What one input may cost the targets judge; here it is what all of them leave behind.
/// </summary>
[Collection(nameof(WholeHeap))]
public sealed class BgpSessionRunTests
{
    private const int DefaultMessages = 100_000;
    private const int Sessions = 64;
    private const int LongestProgram = 512;
    private const long HeapGrowth = 32 * 1024 * 1024;

    [Fact]
    public void Sessions_FedWithoutEnd_KeepTheirRulesAndTheirSize()
    {
        int wanted = Fuzzer.FromEnvironment("FUZZ_MESSAGES", DefaultMessages);
        Random random = new(Fuzzer.Seed);
        BgpDriver[] drivers = [.. Enumerable.Range(0, Sessions).Select(i => new BgpDriver((byte)((i * 37) ^ (i >> 3)), (ulong)i))];
        _ = Feed(drivers, random, wanted / 10);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long messages = Feed(drivers, random, wanted);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(messages >= wanted);
        Assert.True(after - before < HeapGrowth, $"{messages} messages left {after - before} octets behind");
        long[] established = Array.ConvertAll(drivers, driver => driver.Counters.Established);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{messages} messages, of them {drivers.Sum(driver => driver.Counters.Received.Update)} UPDATEs; {established.Sum()} sessions came up; heap {before} before, {after} after");
        Assert.All(established, up => Assert.NotEqual(0, up));
        Assert.All(drivers, driver => Assert.NotEqual(0, driver.Counters.Sent.Notification));
    }

    private static long Feed(BgpDriver[] drivers, Random random, long until)
    {
        byte[] program = new byte[LongestProgram];
        long messages = drivers.Sum(driver => driver.Messages);
        for (long round = 0; messages < until; round++)
        {
            int which = (int)(round % drivers.Length);
            int length = random.Next(1, LongestProgram);
            random.NextBytes(program.AsSpan(0, length));
            messages -= drivers[which].Messages;
            try
            {
                drivers[which].Run(program.AsSpan(0, length));
            }
            catch (Exception broken)
            {
                throw new FuzzFailureException(
                    $"session {which} broke a rule in round {round}, after {messages} messages with FUZZ_SEED={Fuzzer.Seed}: {broken.Message}; its last program is {Convert.ToHexStringLower(program.AsSpan(0, length))}",
                    broken);
            }

            messages += drivers[which].Messages;
        }

        return messages;
    }
}
