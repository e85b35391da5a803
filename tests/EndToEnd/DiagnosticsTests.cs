// SPDX-License-Identifier: Apache-2.0

namespace LoadBalancer.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class DiagnosticsTests(World world)
{
    private static readonly string[] Shared =
        ["metallb_k8s_client_updates_total", "metallb_k8s_client_update_errors_total", "metallb_k8s_client_config_loaded_bool", "metallb_k8s_client_config_stale_bool"];

    [Fact]
    public async Task Controller_WithAService_ShowsItsMetricsAndStatus()
    {
        await using var scene = await Scene.OpenAsync(world);
        await scene.ServiceAsync("web");
        await scene.AddressesAsync("web");
        var leader = await world.WaitForLeaderAsync();

        await world.UntilAsync("the pool's metrics are there", Scene.Patience, async () =>
        {
            var text = (await world.ControllerAsync(leader, "/metrics")).Body;
            return MissingIn(text, [.. Shared, "metallb_allocator_addresses_total", "metallb_allocator_addresses_in_use_total"])
                ?? (text.Split('\n').Any(l => l.StartsWith("metallb_allocator_addresses_in_use_total{", StringComparison.Ordinal)
                    && l.Contains($"pool=\"{scene.Pool}\"", StringComparison.Ordinal) && l.EndsWith(" 1", StringComparison.Ordinal))
                    ? null : text);
        });
        for (var number = 1; number <= World.Controllers; number++)
        {
            Assert.Equal(200, (await world.ControllerAsync(number, "/readyz")).Status);
            Assert.Equal(200, (await world.ControllerAsync(number, "/healthz")).Status);
        }

        // What only the leader knows is said by the leader alone: a standby that said "not loaded" would be an alert for ever.
        var standby = (await world.ControllerAsync(World.Controllers + 1 - leader, "/metrics")).Body;
        Assert.Contains("metallb_k8s_client_updates_total", standby, StringComparison.Ordinal);
        Assert.DoesNotContain("metallb_k8s_client_config_", standby, StringComparison.Ordinal);
        Assert.DoesNotContain("metallb_allocator_addresses", standby, StringComparison.Ordinal);

        await world.UntilAsync("the status shows the pool", Scene.Patience, async () =>
            (await world.ControllerAsync(leader, "/status")).Body is var body && body.Contains(scene.Pool, StringComparison.Ordinal) ? null : body);
    }

    [Fact]
    public async Task Speaker_ThatAnnounces_ShowsItsMetricsAndStatus()
    {
        await using var scene = await Scene.OpenAsync(world);
        var address = await scene.ServedAsync("web");
        var node = await scene.AnnouncerAsync(address);

        await world.UntilAsync("the announcement's metrics are there", Scene.Patience, async () =>
        {
            var text = (await world.SpeakerAsync(node, "/metrics")).Body;
            return MissingIn(text,
                [
                    .. Shared, "metallb_speaker_announced", "metallb_layer2_requests_received", "metallb_layer2_responses_sent",
                    "metallb_layer2_gratuitous_sent",
                ])
                ?? (text.Split('\n').Any(l => l.StartsWith("metallb_speaker_announced{", StringComparison.Ordinal)
                    && l.Contains(address, StringComparison.Ordinal) && l.EndsWith(" 1", StringComparison.Ordinal))
                    ? null : text);
        });
        Assert.Equal(200, (await world.SpeakerAsync(node, "/readyz")).Status);
        Assert.Equal(200, (await world.SpeakerAsync(node, "/healthz")).Status);
        await world.UntilAsync("the status shows the address", Scene.Patience, async () =>
            (await world.SpeakerAsync(node, "/status")).Body is var body && body.Contains(address, StringComparison.Ordinal) ? null : body);
    }

    private static string? MissingIn(string text, IEnumerable<string> names)
    {
        var lines = text.Split('\n');
        var missing = names.Where(n => !lines.Any(l => l.StartsWith(n, StringComparison.Ordinal) && l.Length > n.Length && l[n.Length] is '{' or ' ')).ToArray();
        return missing.Length == 0 ? null : $"missing {string.Join(", ", missing)} in\n{text}";
    }
}
