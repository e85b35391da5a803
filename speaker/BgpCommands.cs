// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Runtime.Http;

namespace LoadBalancer.Speaker;

/// <summary>The <c>bgp</c> command and what is under it.</summary>
internal static class BgpCommands
{
    public const string RoutesPath = "/status/bgp/routes";

    public static Command Create(SpeakerFlags flags)
    {
        Command peers = new("peers", "Show the BGP peers of this node: state, prefixes, BFD, and why a session is not up.");
        flags.AddTo(peers);
        peers.SetAction((parsed, cancellation) => StatusClient.ShowAsync(
            "speaker", flags.ReadCommon(parsed).StatusEndpoint, static document => BgpTables.WritePeers(document, BgpTables.Console()), cancellation));

        Option<string?> peer = new("--peer") { Description = "Show what this BGPPeer is told, and what it is not" };
        Command routes = new("routes", "Show each prefix and peer: whether it is announced, with which attributes, and if not why not.");
        flags.AddTo(routes);
        routes.Options.Add(peer);
        routes.SetAction(async (parsed, cancellation) =>
        {
            bool shown = true;
            int code = await StatusClient.ShowAsync(
                "speaker",
                new UriBuilder(flags.ReadCommon(parsed).StatusEndpoint) { Path = RoutesPath }.Uri,
                document => shown = BgpTables.WriteRoutes(document, parsed.GetValue(peer), BgpTables.Console(), Console.Error),
                cancellation);
            return shown ? code : 1;
        });
        return new Command("bgp", "Show how BGP stands on this node.") { peers, routes };
    }
}
