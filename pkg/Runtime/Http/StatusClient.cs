// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace LoadBalancer.Runtime.Http;

/// <summary>The <c>status</c> command: asks the running daemon and hands its answer to a table.</summary>
public static class StatusClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Shows the status document; returns the exit code.</summary>
    /// <param name="daemon">The daemon's name, for messages.</param>
    /// <param name="endpoint">Its /status address.</param>
    /// <param name="write">Renders the document.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public static async Task<int> ShowAsync(string daemon, Uri endpoint, Action<JsonElement> write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        using SocketsHttpHandler handler = new() { UseProxy = false, ConnectTimeout = Patience };
        using HttpClient client = new(handler) { Timeout = Patience };
        try
        {
            using Stream stream = await client.GetStreamAsync(endpoint, cancellationToken).ConfigureAwait(false);
            using JsonDocument document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken).ConfigureAwait(false);
            write(document.RootElement);
            return 0;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or IOException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await Console.Error.WriteLineAsync(
                $"{daemon} status: no answer from {endpoint} ({fault.Message}); is the {daemon} running on this host, and are --bind-address and --port the ones it was started with?").ConfigureAwait(false);
            return 1;
        }
    }
}
