// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Controller;

/// <summary>Sees to it that the Secret exists which the speakers mount for the key of their heartbeats.</summary>
internal static class HeartbeatKeySecret
{
    private const string Entry = "secretkey";
    private const int KeyOctets = 32;

    /// <summary>Creates the Secret with a random key unless it is there; an existing one is never changed.</summary>
    public static async Task EnsureAsync(ApiClient client, string @namespace, string name, ILogger logger, CancellationToken cancellationToken)
    {
        if (name.Length == 0)
        {
            return;
        }

        try
        {
            if (await client.FindAsync(Kinds.Secret, @namespace, name, cancellationToken).ConfigureAwait(false) is not null)
            {
                return;
            }

            Secret secret = new()
            {
                Metadata = new() { Namespace = @namespace, Name = name },
                Type = "Opaque",
                Data = new Dictionary<string, byte[]> { [Entry] = Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyOctets))) },
            };
            await client.CreateAsync(Kinds.Secret, secret, cancellationToken).ConfigureAwait(false);
            Log.KeyCreated(logger, name);
        }
        catch (ApiException fault) when (!fault.IsConflict)
        {
            // Allocation does not need it; the speakers say so themselves when they miss it.
            Log.KeyFailed(logger, name, fault.Message);
        }
        catch (ApiException fault) when (fault.IsConflict)
        {
            // Somebody else has just created it.
            return;
        }
    }
}
