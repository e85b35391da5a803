// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace LoadBalancer.Runtime;

/// <summary>One line per fact on standard output: JSON where a collector reads it, plain where a person does.</summary>
public static class LogSetup
{
    /// <summary>The names of <c>--log-level</c>, as MetalLB has them.</summary>
    public static IReadOnlyList<string> LevelNames { get; } = ["all", "debug", "info", "warn", "error", "none"];

    /// <summary>The level a name stands for; false for a name that is none.</summary>
    public static bool TryParseLevel(string name, out LogLevel level)
    {
        (bool known, level) = name switch
        {
            "all" => (true, LogLevel.Trace),
            "debug" => (true, LogLevel.Debug),
            "info" => (true, LogLevel.Information),
            "warn" => (true, LogLevel.Warning),
            "error" => (true, LogLevel.Error),
            "none" => (true, LogLevel.None),
            _ => (false, LogLevel.Information),
        };
        return known;
    }

    /// <summary>A logger factory for the level, writing JSON unless standard output is a terminal.</summary>
    public static ILoggerFactory Create(LogLevel level) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(level);
        builder.AddFilter("Microsoft", level > LogLevel.Warning ? level : LogLevel.Warning);
        if (Console.IsOutputRedirected)
        {
            builder.AddJsonConsole(options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
                options.IncludeScopes = true;
            });
        }
        else
        {
            builder.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.TimestampFormat = "HH:mm:ss.fff ";
                options.IncludeScopes = true;
            });
        }

        // A full console never holds up a failover: the queue drops, and says that it has.
        builder.Services.Configure<ConsoleLoggerOptions>(options =>
        {
            options.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            options.MaxQueueLength = 8192;
        });
    });
}
