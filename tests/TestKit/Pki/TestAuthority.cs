using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;

namespace Portcullis.TestKit.Pki;

/// <summary>
/// A throw-away certificate authority. What it issues carries its private key and works with SslStream and Kestrel; nothing is written to a store or a disk.
/// </summary>
public sealed class TestAuthority : IDisposable
{
    private TestAuthority(TestKey key, X509Certificate2 certificate)
    {
        Key = key;
        Certificate = certificate;
    }

    public TestKey Key { get; }

    /// <summary>Without the private key, as it would be in a bundle.</summary>
    public X509Certificate2 Certificate { get; }

    public string Subject => Certificate.Subject;

    public string Pem => Certificate.ExportCertificatePem();

    /// <summary>SHA-256 of the DER, as listed in a pushed configuration.</summary>
    public Digest Fingerprint => Digest.Of(Certificate.RawData);

    public static TestAuthority CreateRoot(string name) => CreateRoot(CertificateRecipe.ForAuthority(name));

    public static TestAuthority CreateRoot(CertificateRecipe recipe)
    {
        var key = recipe.Key ?? TestKey.Create(recipe.KeyKind);
        return new(key, Load(CertificateWriter.Write(recipe, key, new X500DistinguishedName(recipe.Subject), key)));
    }

    /// <summary>A certificate signed by its own key, such as an appliance makes for itself.</summary>
    public static X509Certificate2 SelfSigned(CertificateRecipe recipe)
    {
        var key = recipe.Key ?? TestKey.Create(recipe.KeyKind);
        return key.AttachTo(Load(CertificateWriter.Write(recipe, key, new X500DistinguishedName(recipe.Subject), key)));
    }

    public TestAuthority CreateIntermediate(string name) => CreateIntermediate(CertificateRecipe.ForAuthority(name));

    public TestAuthority CreateIntermediate(CertificateRecipe recipe)
    {
        var key = recipe.Key ?? TestKey.Create(recipe.KeyKind);
        return new(key, Load(CertificateWriter.Write(recipe, key, Certificate.SubjectName, Key)));
    }

    /// <summary>The other authority's name and key, signed by this one.</summary>
    public X509Certificate2 CrossSign(TestAuthority other) =>
        Load(CertificateWriter.Write(
            CertificateRecipe.ForAuthority("") with { Subject = other.Subject }, other.Key, Certificate.SubjectName, Key));

    /// <summary>A server certificate for these DNS names.</summary>
    public X509Certificate2 Issue(params string[] dnsNames) => Issue(CertificateRecipe.ForServer(dnsNames));

    public X509Certificate2 Issue(CertificateRecipe recipe)
    {
        var key = recipe.Key ?? TestKey.Create(recipe.KeyKind);
        return key.AttachTo(Load(CertificateWriter.Write(recipe, key, Certificate.SubjectName, Key)));
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Key.Dispose();
    }

    private static X509Certificate2 Load(byte[] der) => X509CertificateLoader.LoadCertificate(der);
}
