// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Speaker.Bgp;

namespace LoadBalancer.Speaker.Tests;

/// <summary>Passwords of peers: never a session without one that should have it, nor one torn down for a Secret that went.</summary>
[Trait("Scenario", "X06")]
public sealed class PeerPasswordsTests
{
    private readonly PeerPasswords _passwords = new();
    private readonly BgpPeer _peer = Sample.Peer() with { Password = new BgpPassword { SecretName = "tor-password" } };

    [Fact]
    public void Peer_WithoutPassword_HasNeitherKeyNorHindrance()
    {
        Assert.Null(_passwords.KeyOf(Sample.Peer(), out string? hindrance));
        Assert.Null(hindrance);
    }

    [Fact]
    public void Peer_WithPasswordInTheClear_KeepsOneKeyUntilItChanges()
    {
        BgpPeer peer = Sample.Peer() with { Password = new BgpPassword { Clear = "abc" } };
        TcpKey? key = _passwords.KeyOf(peer, out _);
        Assert.NotNull(key);
        Assert.Same(key, _passwords.KeyOf(peer, out _));
        Assert.NotSame(key, _passwords.KeyOf(peer with { Password = new BgpPassword { Clear = "abd" } }, out _));
    }

    [Fact]
    public void Secret_Missing_IsAHindranceThatSaysWhatToDo()
    {
        Assert.Contains("the Role speaker in namespace lb must allow", Hindrance(), StringComparison.Ordinal);
        Synced();
        Assert.Contains("Secret tor-password of spec.passwordSecret is not there: create it in namespace lb, with type kubernetes.io/basic-auth", Hindrance(), StringComparison.Ordinal);
    }

    [Fact]
    public void Secret_OfAnotherTypeOrWithoutItsKey_IsAHindrance()
    {
        Synced();
        Take(InformerEventType.Added, "abc", type: "Opaque");
        Assert.Contains("has type Opaque", Hindrance(), StringComparison.Ordinal);
        Take(InformerEventType.Updated, "abc", entry: "passphrase");
        Assert.Contains("has no key password", Hindrance(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Scenario", "X07")]
    public void Secret_EmptyOrTooLong_IsAHindrance()
    {
        Synced();
        Take(InformerEventType.Added, new string('x', 81));
        Assert.Contains("has 81 octets", Hindrance(), StringComparison.Ordinal);
        Take(InformerEventType.Updated, "");
        Assert.Contains("has 0 octets", Hindrance(), StringComparison.Ordinal);
        Take(InformerEventType.Updated, new string('x', 80));
        Assert.NotNull(_passwords.KeyOf(_peer, out _));
    }

    [Fact]
    public void Secret_ThatGoesOrSpoils_LeavesTheKeyInForce()
    {
        Synced();
        Take(InformerEventType.Added, "abc");
        TcpKey? key = _passwords.KeyOf(_peer, out _);
        Take(InformerEventType.Updated, "");
        Assert.Same(key, _passwords.KeyOf(_peer, out string? hindrance));
        Assert.Null(hindrance);
        Assert.True(Take(InformerEventType.Deleted, "abc"));
        Assert.Same(key, _passwords.KeyOf(_peer, out hindrance));
        Assert.Null(hindrance);
    }

    [Fact]
    public void Secret_WithAnotherPassword_IsAnotherKey()
    {
        Take(InformerEventType.Added, "abc");
        TcpKey? key = _passwords.KeyOf(_peer, out _);
        Take(InformerEventType.Updated, "abc");
        Assert.Same(key, _passwords.KeyOf(_peer, out _));
        Take(InformerEventType.Updated, "abd");
        Assert.NotSame(key, _passwords.KeyOf(_peer, out _));
    }

    [Fact]
    public void Password_TakenOffThePeer_IsForgotten()
    {
        Take(InformerEventType.Added, "abc");
        _ = _passwords.KeyOf(_peer, out _);
        _ = _passwords.KeyOf(_peer with { Password = default }, out _);
        Take(InformerEventType.Deleted, "abc");
        Assert.Null(_passwords.KeyOf(_peer, out string? hindrance));
        Assert.NotNull(hindrance);
    }

    private string Hindrance()
    {
        Assert.Null(_passwords.KeyOf(_peer, out string? hindrance));
        return hindrance!;
    }

    private void Synced() => _passwords.Take(new InformerEvent<Secret>(InformerEventType.Synced));

    private bool Take(InformerEventType change, string password, string entry = "password", string type = "kubernetes.io/basic-auth") => _passwords.Take(
        new InformerEvent<Secret>(change, new Secret
        {
            Metadata = new() { Name = "tor-password" },
            Type = type,
            Data = new Dictionary<string, byte[]> { [entry] = System.Text.Encoding.UTF8.GetBytes(password) },
        }));
}
