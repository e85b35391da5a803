// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Tests.Hooks;

/// <summary>A log that is kept, each entry with its id, its level and its text.</summary>
internal sealed class KeptLog : ILogger
{
    public List<(int Id, LogLevel Level, string Text)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Entries)
        {
            Entries.Add((eventId.Id, logLevel, formatter(state, exception)));
        }
    }
}
