// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using LoadBalancer.Runtime;
using LoadBalancer.Vipd.Configuration;
using LoadBalancer.Vipd.Control;

namespace LoadBalancer.Vipd;

/// <summary>The verbs of <c>vipd</c> and their flags.</summary>
internal static class VipdCommandLine
{
    private const string Json = "json";

    public static RootCommand Create(TimeProvider time)
    {
        RootCommand root = new("Keeps virtual addresses on exactly one of the nodes that share them, by VRRP.");
        VipdFlags flags = new();
        flags.AddTo(root);
        root.SetAction((parsed, _) => RunAsync(flags.Read(parsed), time));
        Command run = new("run", "Run the daemon; the same as no verb.");
        flags.AddTo(run);
        run.SetAction((parsed, _) => RunAsync(flags.Read(parsed), time));
        root.Subcommands.Add(run);
        root.Subcommands.Add(Check(flags));
        root.Subcommands.Add(Import(flags));
        root.Subcommands.Add(Status(flags, time));
        root.Subcommands.Add(Failover(flags));
        root.Subcommands.Add(Maintenance(flags));
        return root;
    }

    private static async Task<int> RunAsync(VipdOptions options, TimeProvider time)
    {
        using Shutdown shutdown = new();
        try
        {
            return await VipdDaemon.RunAsync(options, time, shutdown.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is VipdStartException or IOException)
        {
            await Console.Error.WriteLineAsync($"vipd: {fault.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private static Command Check(VipdFlags flags)
    {
        Argument<string> file = new("file") { Description = "vipd.yaml, or a keepalived.conf" };
        Command check = new("check", "Say everything that is wrong with a configuration, without running it; exit status 0 when it may be run.") { file };
        check.Options.Add(flags.NodeName);
        check.SetAction(parsed => Reports.Check(parsed.GetValue(file)!, parsed.GetValue(flags.NodeName)!, Console.Out, Console.Error));
        return check;
    }

    private static Command Import(VipdFlags flags)
    {
        Argument<string> file = new("file") { Description = "A keepalived.conf" };
        Command import = new("import", "Write a keepalived.conf as vipd.yaml to standard output, and what could not be taken over to standard error.") { file };
        import.Options.Add(flags.NodeName);
        import.SetAction(parsed => Reports.Import(parsed.GetValue(file)!, parsed.GetValue(flags.NodeName)!, Console.Out, Console.Error));
        return import;
    }

    private static Command Status(VipdFlags flags, TimeProvider time)
    {
        Option<string> output = new("--output", "-o") { Description = "table, or json as it comes from the daemon", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", Json);
        Command status = new("status", "Show what the running daemon believes: who is master of what, since when and why, and whom it hears.");
        status.Options.Add(flags.StateDirectory);
        status.Options.Add(output);
        status.SetAction(async (parsed, cancellation) =>
        {
            if (await ControlClient.AskAsync(parsed.GetValue(flags.StateDirectory)!, "status", cancellation).ConfigureAwait(false) is not (true, string document))
            {
                return 1;
            }

            if (parsed.GetValue(output) == Json)
            {
                await Console.Out.WriteLineAsync(document).ConfigureAwait(false);
            }
            else
            {
                StatusTable.Write(JsonSerializer.Deserialize(document, StatusJson.Default.StatusDocument)!, StatusTable.Console(Console.Out, Console.IsOutputRedirected), time.GetUtcNow());
            }

            return 0;
        });
        return status;
    }

    private static Command Failover(VipdFlags flags)
    {
        Argument<string> name = new("name") { Description = "An instance or a sync group" };
        Option<string?> to = new("--to") { Description = "Who is to have it: this node by its name, or on the master the address another node advertises from" };
        Option<bool> release = new("--release") { Description = "End what was asked for by hand: priorities decide again" };
        Command failover = new("failover", "Move an instance or a sync group by hand: away from this node, or with --to here.") { name };
        failover.Options.Add(to);
        failover.Options.Add(release);
        failover.Options.Add(flags.StateDirectory);
        failover.Validators.Add(result =>
        {
            if (result.GetValue(release) && result.GetValue(to) is not null)
            {
                result.AddError("--to and --release exclude each other: priorities decide again, or somebody is named");
            }
        });
        failover.SetAction((parsed, cancellation) =>
        {
            string request = $"failover {parsed.GetValue(name)}{(parsed.GetValue(release) ? " release" : parsed.GetValue(to) is { } node ? $" to {node}" : "")}";
            return AskAsync(parsed.GetValue(flags.StateDirectory)!, request, cancellation);
        });
        return failover;
    }

    private static Command Maintenance(VipdFlags flags)
    {
        Argument<string> mode = new("mode") { Description = "on or off" };
        mode.AcceptOnlyFromAmong("on", "off");
        Command maintenance = new("maintenance", "Keep this node out of every election, or let it take part again; restarts do not change it.") { mode };
        maintenance.Options.Add(flags.StateDirectory);
        maintenance.SetAction((parsed, cancellation) => AskAsync(parsed.GetValue(flags.StateDirectory)!, $"maintenance {parsed.GetValue(mode)}", cancellation));
        return maintenance;
    }

    private static async Task<int> AskAsync(string stateDirectory, string request, CancellationToken cancellation)
    {
        if (await ControlClient.AskAsync(stateDirectory, request, cancellation).ConfigureAwait(false) is not (bool ok, string text))
        {
            return 1;
        }

        await (ok ? Console.Out : Console.Error).WriteLineAsync(ok ? text : $"vipd: {text}").ConfigureAwait(false);
        return ok ? 0 : 1;
    }
}
