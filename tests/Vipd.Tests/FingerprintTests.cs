// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Tests;

public sealed class FingerprintTests
{
    // The vectors of draft-eastlake-fnv for FNV-1a of 128 bits.
    [Theory]
    [InlineData("", "6c62272e07bb014262b821756295c58d")]
    [InlineData("a", "d228cb696f1a8caf78912b704e4a8964")]
    [InlineData("foobar", "343e1662793c64bf6f0d3597ba446f18")]
    public void Of_KnownText_IsFnv1a(string text, string hash)
    {
        Fingerprint fingerprint = Fingerprint.Of(System.Text.Encoding.UTF8.GetBytes(text));
        byte[] octets = new byte[Fingerprint.Octets];
        fingerprint.Write(octets);

        Assert.Equal(hash, fingerprint.ToString());
        Assert.Equal(hash, Convert.ToHexStringLower(octets));
        Assert.Equal(fingerprint, Fingerprint.Read(octets));
    }
}
