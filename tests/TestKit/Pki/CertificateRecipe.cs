using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;

namespace Portcullis.TestKit.Pki;

/// <summary>
/// What a test certificate looks like; the defaults make a good one. Nothing is checked, so that wrong certificates can be made as easily as right ones.
/// </summary>
public sealed record CertificateRecipe
{
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    public const string AnyExtendedKeyUsage = "2.5.29.37.0";

    /// <summary>Fixed moments around today, so that no test depends on the clock it runs at.</summary>
    public static DateTimeOffset DefaultNotBefore { get; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset DefaultNotAfter { get; } = new(2049, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>An X.500 name such as <c>CN=shop.test</c>; may be empty.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Written as they are; no extension when empty.</summary>
    public ImmutableArray<SubjectName> SubjectAltNames { get; init; } = [];

    public DateTimeOffset NotBefore { get; init; } = DefaultNotBefore;

    public DateTimeOffset NotAfter { get; init; } = DefaultNotAfter;

    public KeyKind KeyKind { get; init; } = KeyKind.EcP256;

    /// <summary>An existing key, to issue the same key twice; null makes a new one of <see cref="KeyKind"/>.</summary>
    public TestKey? Key { get; init; }

    /// <summary>What the issuer signs with.</summary>
    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;

    /// <summary>RSA issuers sign with PSS instead of PKCS#1.</summary>
    public bool Pss { get; init; }

    /// <summary>The CA flag of basicConstraints; null leaves the extension out.</summary>
    public bool? IsAuthority { get; init; } = false;

    public int? PathLength { get; init; }

    /// <summary>Null leaves the extension out.</summary>
    public X509KeyUsageFlags? KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    /// <summary>Object identifiers; no extension when empty.</summary>
    public ImmutableArray<string> ExtendedKeyUsages { get; init; } = [ServerAuth];

    /// <summary>Leaves subjectKeyIdentifier and authorityKeyIdentifier out, so that issuers are found by name alone.</summary>
    public bool WithoutKeyIdentifiers { get; init; }

    /// <summary>Big-endian INTEGER content, written as it is; null takes random bytes.</summary>
    public ImmutableArray<byte>? SerialNumber { get; init; }

    /// <summary>subjectUniqueID, which nobody writes any more; null leaves it out.</summary>
    public ImmutableArray<byte>? SubjectUniqueId { get; init; }

    /// <summary>1 leaves the version out and every extension with it.</summary>
    public int Version { get; init; } = 3;

    /// <summary>Further extensions, written last and as they are.</summary>
    public ImmutableArray<X509Extension> Extensions { get; init; } = [];

    /// <summary>A server certificate for these DNS names; the first is the common name too.</summary>
    public static CertificateRecipe ForServer(params string[] dnsNames) => new()
    {
        Subject = dnsNames.Length == 0 ? "" : $"CN={dnsNames[0]}",
        SubjectAltNames = [.. dnsNames.Select(name => new SubjectName(SubjectNameKind.Dns, name))],
    };

    public static CertificateRecipe ForAuthority(string name) => new()
    {
        Subject = $"CN={name}",
        IsAuthority = true,
        KeyUsage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
        ExtendedKeyUsages = [],
    };

    public CertificateRecipe WithDns(params string[] names) =>
        this with { SubjectAltNames = [.. SubjectAltNames, .. names.Select(name => new SubjectName(SubjectNameKind.Dns, name))] };

    public CertificateRecipe WithIp(params string[] addresses) =>
        this with { SubjectAltNames = [.. SubjectAltNames, .. addresses.Select(address => new SubjectName(SubjectNameKind.Ip, address))] };

    public CertificateRecipe WithUri(params string[] uris) =>
        this with { SubjectAltNames = [.. SubjectAltNames, .. uris.Select(uri => new SubjectName(SubjectNameKind.Uri, uri))] };

    public CertificateRecipe With(params X509Extension[] extensions) => this with { Extensions = [.. Extensions, .. extensions] };
}
