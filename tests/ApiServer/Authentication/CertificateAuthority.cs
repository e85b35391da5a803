// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LoadBalancer.ApiServer.Authentication;

/// <summary>The authority made at start: signs the serving certificate and client certificates.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private readonly X509Certificate2 _root;
    private readonly DateTimeOffset _from;

    public CertificateAuthority(TimeProvider clock)
    {
        _from = clock.GetUtcNow().AddHours(-1);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=embedded-apiserver-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _root = request.CreateSelfSigned(_from, _from.AddYears(2));
    }

    public string Pem => _root.ExportCertificatePem();

    public X509Certificate2 Serving(IEnumerable<IPAddress> addresses, IEnumerable<string> names)
    {
        var san = new SubjectAlternativeNameBuilder();
        foreach (var address in addresses.Distinct())
            san.AddIpAddress(address);
        foreach (var name in names.Distinct(StringComparer.Ordinal))
            san.AddDnsName(name);
        return Issue("CN=kube-apiserver", "1.3.6.1.5.5.7.3.1", san);
    }

    /// <summary>A client certificate: the common name is the user, organisations are groups.</summary>
    public X509Certificate2 Client(string user, IEnumerable<string> groups) =>
        Issue(string.Join(",", groups.Select(g => "O=" + g).Append("CN=" + user)), "1.3.6.1.5.5.7.3.2", null);

    public bool Trusts(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    public void Dispose() => _root.Dispose();

    private X509Certificate2 Issue(string subject, string usage, SubjectAlternativeNameBuilder? san)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (san is not null)
            request.CertificateExtensions.Add(san.Build());
        using var signed = request.Create(_root, _from, _from.AddYears(1), RandomNumberGenerator.GetBytes(12));
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
