// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>What is tracked fails, and the address moves; it is well again, and the address comes back.</summary>
[Collection(VipCollection.Name)]
public sealed class TrackingTests(TrackedPair pair) : IClassFixture<TrackedPair>
{
    private const string Fault = "something tracked has failed";

    [Fact]
    public Task Interface_GoesDown_MovesTheAddress() => MovesAndComesBackAsync(
        "Interface watched",
        () => pair.InNodeAsync("ip", "link", "set", "watched", "down"),
        () => pair.InNodeAsync("ip", "link", "set", "watched", "up"));

    [Fact]
    public Task Process_Dies_MovesTheAddress() => MovesAndComesBackAsync("Process worker", pair.KillProcessAsync, pair.StartProcessAsync);

    [Fact]
    public Task Route_IsGone_MovesTheAddress() => MovesAndComesBackAsync(
        "Route uplink", () => pair.InNodeAsync("ip", "route", "del", TrackedPair.Network), pair.AddRouteAsync);

    [Fact]
    public Task BfdPeer_IsSilent_MovesTheAddress() => MovesAndComesBackAsync("BfdPeer peer", pair.CutPeerAsync, pair.HealPeerAsync);

    [Fact]
    public Task HttpService_Dies_MovesTheAddress() => MovesAndComesBackAsync("Service http", pair.KillNginxAsync, pair.StartNginxAsync);

    [Fact]
    public Task TcpService_Refuses_MovesTheAddress() => MovesAndComesBackAsync(
        "Service tcp",
        () =>
        {
            pair.Close();
            return Task.CompletedTask;
        },
        () =>
        {
            pair.Listen();
            return Task.CompletedTask;
        });

    [Fact]
    [Trait("Scenario", "STM-26")]
    public Task Script_WithAWeightFails_MovesTheAddressByItsPriority() => MovesAndComesBackAsync(
        "Script fails",
        () => System.IO.File.WriteAllTextAsync(pair.FailingMark, "", VipLab.Cancellation),
        () =>
        {
            System.IO.File.Delete(pair.FailingMark);
            return Task.CompletedTask;
        },
        priority: 90);

    [Fact]
    public async Task File_SaysANumber_MovesTheAddressByItsPriority()
    {
        await MovesAndComesBackAsync("File value", () => WriteValueAsync("-60"), () => WriteValueAsync("0"), priority: 90);
        await WriteValueAsync("7");
        await EventuallyAsync("the number is added", async () => (int)(await pair.Scene.RowAsync(pair.First, "web"))["priority"]! == 157);
        await WriteValueAsync("0");
    }

    [Fact]
    public async Task Script_FailsOnceLessThanItsFall_ChangesNothing()
    {
        await pair.Scene.WaitForHoldersAsync(VipLab.Vip, pair.First);
        int from = pair.Scene[pair.First].Output.Count;
        await FailAsync(2);
        System.IO.File.Delete(pair.SuccessMark);
        await EventuallyAsync("the script succeeded again", () => Task.FromResult(System.IO.File.Exists(pair.SuccessMark)));
        Assert.DoesNotContain(pair.Scene[pair.First].Output.From(from), static l => l.Contains("fails-thrice", StringComparison.Ordinal));
        await FailAsync(3);
        // Three failures are its fall, and two successes its rise.
        await EventuallyAsync("the script was down and is up", () => Task.FromResult(
            pair.Scene[pair.First].Output.From(from).Where(static l => l.Contains("fails-thrice", StringComparison.Ordinal)).Select(static l => l.Contains("\"EventId\":12301", StringComparison.Ordinal)).SequenceEqual([true, false])));
    }

    [Fact]
    public async Task Script_Hangs_IsEndedWithItsChildrenAndMovesTheAddress()
    {
        System.IO.File.Delete(pair.HangingIds);
        await MovesAndComesBackAsync(
            "Script hangs",
            () => System.IO.File.WriteAllTextAsync(pair.HangingMark, "", VipLab.Cancellation),
            () =>
            {
                System.IO.File.Delete(pair.HangingMark);
                return Task.CompletedTask;
            },
            detail: "took longer than 0.3 s and was ended");
        string[] ids = (await System.IO.File.ReadAllTextAsync(pair.HangingIds, VipLab.Cancellation)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, ids.Length);
        await EventuallyAsync("none of its processes is left", () => Task.FromResult(ids.All(static id => !System.IO.File.Exists($"/proc/{id}/status"))));
    }

    private async Task MovesAndComesBackAsync(string tracked, Func<Task> fail, Func<Task> heal, int? priority = null, string detail = "")
    {
        await pair.Scene.WaitForHoldersAsync(VipLab.Vip, pair.First);
        try
        {
            await fail();
            await pair.Scene.WaitForHoldersAsync(VipLab.Vip, pair.Second);
            JsonNode document = await pair.Scene.StatusAsync(pair.First);
            JsonNode web = document["instances"]![0]!;
            Assert.Equal((priority is null ? Fault : "", priority ?? 150), ((string)web["held"]!, (int)web["priority"]!));
            Assert.Equal("backup", ((string)web["state"]!).Replace("initialize", "backup", StringComparison.Ordinal));
            JsonNode row = document["tracked"]!.AsArray().Single(t => $"{t!["kind"]} {t["name"]}" == tracked)!;
            Assert.Contains(detail, (string)row["detail"]!, StringComparison.Ordinal);
            if (row["value"] is null)
            {
                Assert.Equal("Down", (string)row["state"]!);
            }
        }
        finally
        {
            await heal();
        }

        await pair.Scene.WaitForHoldersAsync(VipLab.Vip, pair.First);
    }

    private async Task FailAsync(int times)
    {
        await System.IO.File.WriteAllTextAsync(pair.FailuresFile, string.Concat(Enumerable.Repeat("once\n", times)), VipLab.Cancellation);
        await EventuallyAsync(
            string.Create(CultureInfo.InvariantCulture, $"the script failed {times} times"), () => Task.FromResult(new FileInfo(pair.FailuresFile).Length == 0));
    }

    private Task WriteValueAsync(string value) => System.IO.File.WriteAllTextAsync(pair.ValueFile, value + "\n", VipLab.Cancellation);
}
