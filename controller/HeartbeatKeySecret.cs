// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Controller;

/// <summary>Sees to it that the Secret exists which the speakers mount for the key of their heartbeats.</summary>
internal static class HeartbeatKeySecret
{
    private const string Entry = "secretkey";
    private const int KeyOctets = 32;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Creates the Secret with a random key unless it is there; an existing one is never changed. Goes on trying until it is
    /// there or the token ends it, without an exception: no speaker starts without it.
    /// </summary>
    public static async Task EnsureAsync(ApiClient client, string @namespace, string name, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        RetryDelay retry = new(FirstRetry, LongestRetry);
        Random random = new();
        string? said = null;
        try
        {
            while (name.Length > 0 && await TryAsync(client, @namespace, name, logger, cancellationToken).ConfigureAwait(false) is { } fault)
            {
                if (said != fault.Message)
                {
                    said = fault.Message;
                    Log.KeyFailed(logger, name, said);
                }

                await Task.Delay(retry.Next(random), time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever leads next looks for itself.
        }
    }

    private static async Task<ApiException?> TryAsync(ApiClient client, string @namespace, string name, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            if (await client.FindAsync(Kinds.Secret, @namespace, name, cancellationToken).ConfigureAwait(false) is not null)
            {
                return null;
            }

            Secret secret = new()
            {
                Metadata = new() { Namespace = @namespace, Name = name },
                Type = "Opaque",
                Data = new Dictionary<string, byte[]> { [Entry] = Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyOctets))) },
            };
            await client.CreateAsync(Kinds.Secret, secret, cancellationToken).ConfigureAwait(false);
            Log.KeyCreated(logger, name);
            return null;
        }
        catch (ApiException fault)
        {
            // A conflict says that somebody else has just created it.
            return fault.IsConflict ? null : fault;
        }
    }
}
