using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Proxy.Certificates;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Certificates;

public sealed class KeyedCertificateTests : IDisposable
{
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestAuthority issuing;

    public KeyedCertificateTests() => issuing = root.CreateIntermediate("issuing");

    public void Dispose()
    {
        issuing.Dispose();
        root.Dispose();
    }

    [Theory]
    [InlineData(KeyKind.EcP256)]
    [InlineData(KeyKind.EcP384)]
    [InlineData(KeyKind.EcP521)]
    [InlineData(KeyKind.Rsa2048)]
    public void A_chain_with_its_key_is_taken_with_its_intermediates(KeyKind kind)
    {
        using var leaf = issuing.Issue(CertificateRecipe.ForServer("shop.test") with { KeyKind = kind });

        var taken = KeyedCertificate.TryLoad("Subject: shop\n" + TestPem.Certificates(leaf, issuing.Certificate), TestPem.PrivateKey(leaf), out var certificate, out _);

        Assert.True(taken);
        Assert.Equal(issuing.Certificate.RawData, Assert.Single(certificate!.Context.IntermediateCertificates).RawData);
        Assert.Equal("CN=shop.test, valid to 2049-01-01", certificate.ToString());
    }

    [Theory]
    [InlineData(KeyKind.Rsa1024)]
    [InlineData(KeyKind.EcP192)]
    [InlineData(KeyKind.EcSecp256k1)]
    public void A_key_that_clients_refuse_is_refused_here_and_not_in_every_handshake(KeyKind kind)
    {
        using var leaf = issuing.Issue(CertificateRecipe.ForServer("shop.test") with { KeyKind = kind });

        var taken = KeyedCertificate.TryLoad(TestPem.Certificates(leaf), TestPem.PrivateKey(leaf), out _, out var problem);

        Assert.False(taken);
        Assert.Contains("2048", problem, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public void What_does_not_fit_is_refused_without_repeating_it()
    {
        using var leaf = issuing.Issue("shop.test");
        using var other = issuing.Issue("other.test");
        var chain = TestPem.Certificates(leaf, issuing.Certificate);
        var key = TestPem.PrivateKey(leaf);
        (string Chain, string Key, string Expected)[] cases =
        [
            ("", key, "no PEM certificate"),
            (key, key, "no PEM certificate"),
            (chain[..^100], key, "cut short"),
            (chain.Replace("MII", "!!!", StringComparison.Ordinal), key, ""),
            (TestPem.Certificates(issuing.Certificate, leaf), key, "does not belong"),
            (chain, TestPem.PrivateKey(other), "does not belong"),
            (chain, "", "cannot be read"),
            (chain, key[..^60], "cannot be read"),
            (chain, key.Replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", StringComparison.Ordinal), "encrypted"),
        ];

        Assert.All(cases, refused =>
        {
            Assert.False(KeyedCertificate.TryLoad(refused.Chain, refused.Key, out var certificate, out var problem));
            Assert.Null(certificate);
            Assert.Contains(refused.Expected, problem, StringComparison.Ordinal);
            Assert.DoesNotContain(key.Split('\n')[1][..20], problem, StringComparison.Ordinal);
        });
    }
}
