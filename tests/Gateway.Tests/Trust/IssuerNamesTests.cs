using System.Security.Cryptography.X509Certificates;
using Portcullis.Gateway.Trust;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Trust;

public sealed class IssuerNamesTests
{
    [Theory]
    [InlineData("CN=Acme Issuing CA 3", "CN=Corp Root", true)]
    [InlineData("CN=Acme Sub-CA", "CN=Corp Root", true)]
    [InlineData("CN=Corp CA 3", "CN=Corp Root", true)]
    [InlineData("CN=CA 3, O=Example Bank", "CN=Trust Anchor, O=Example Bank", true)]
    [InlineData("CN=Other Root", "CN=Corp Root", false)]
    [InlineData("CN=Corp Old Root", "CN=Corp Root", false)]
    [InlineData("CN=theirs", "CN=ours", false)]
    [InlineData("CN=Acme CA 2026", "CN=Corp Root 2026", false)]
    [InlineData("CN=Acme X1 CA", "CN=Corp X1 Root", false)]
    [InlineData("CN=Acme Certificate Authority", "CN=Corp Certificate Authority", false)]
    [InlineData("", "CN=Corp Root", false)]
    public void An_absent_issuer_looks_omitted_when_it_calls_itself_an_intermediate_or_is_named_after_an_anchor(string issuer, string anchor, bool looksOmitted)
    {
        using var root = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("") with { Subject = anchor });

        Assert.Equal(looksOmitted, IssuerNames.LooksOmitted(new X500DistinguishedName(issuer), [root.Certificate]));
    }
}
