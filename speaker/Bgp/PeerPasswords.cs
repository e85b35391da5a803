// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Linux.Tcp;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// The passwords of peers, from their Secrets or in the clear. A key is the same object until its password changes, and one that
/// was known stays in force when its Secret goes: a session is not torn down for that, nor ever opened without the password.
/// </summary>
internal sealed class PeerPasswords
{
    private const string BasicAuth = "kubernetes.io/basic-auth";
    private const string PasswordKey = "password";
    private readonly Dictionary<string, Secret> _secrets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (byte[] Password, TcpKey Key)> _keys = new(StringComparer.Ordinal);
    private bool _synced;

    /// <summary>Takes a Secret; true when it is one that may hold a password.</summary>
    public bool Take(in InformerEvent<Secret> change)
    {
        if (change.Item is not { } secret)
        {
            _synced = true;
            return true;
        }

        string name = secret.Metadata.Name!;
        if (change.Type == InformerEventType.Deleted)
            return _secrets.Remove(name);
        _secrets[name] = secret;
        return true;
    }

    /// <summary>The key of a peer; null with a hindrance when there should be one, null without when it has no password.</summary>
    public TcpKey? KeyOf(BgpPeer peer, out string? hindrance)
    {
        hindrance = null;
        if (peer.Password.IsNone)
        {
            _keys.Remove(peer.Name);
            return null;
        }

        byte[]? password = peer.Password.Clear is { } clear ? Encoding.UTF8.GetBytes(clear) : FromSecret(peer, out hindrance);
        if (password is not null && password.Length is 0 or > TcpKey.MaxLength)
        {
            hindrance = $"the password in {Source(peer)} has {password.Length} octets: TCP MD5 takes 1 to {TcpKey.MaxLength}, give it a shorter one";
            password = null;
        }

        bool known = _keys.TryGetValue(peer.Name, out (byte[] Password, TcpKey Key) last);
        if (password is null)
        {
            hindrance = known ? null : hindrance;
            return known ? last.Key : null;
        }

        if (!known || !last.Password.AsSpan().SequenceEqual(password))
            _keys[peer.Name] = last = (password, new TcpKey(password));
        return last.Key;
    }

    private byte[]? FromSecret(BgpPeer peer, out string? hindrance)
    {
        string name = peer.Password.SecretName!;
        if (!_secrets.TryGetValue(name, out Secret? secret))
        {
            hindrance = _synced
                ? $"Secret {name} of spec.passwordSecret is not there: create it in namespace {peer.Namespace}, with type {BasicAuth} and key {PasswordKey}"
                : $"Secret {name} of spec.passwordSecret could not be read yet: the Role speaker in namespace {peer.Namespace} must allow get, list and watch on secrets";
            return null;
        }

        if (secret.Type != BasicAuth)
        {
            hindrance = $"Secret {name} of spec.passwordSecret has type {secret.Type}: it must be {BasicAuth}, and a type cannot be changed, so create it anew";
            return null;
        }

        hindrance = secret.Data.ContainsKey(PasswordKey) ? null : $"Secret {name} of spec.passwordSecret has no key {PasswordKey}: add it";
        return secret.Data.GetValueOrDefault(PasswordKey);
    }

    private static string Source(BgpPeer peer) => peer.Password.SecretName is { } name ? $"Secret {name}" : "spec.password";
}
