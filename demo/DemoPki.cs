using System.Security.Cryptography.X509Certificates;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Demo;

/// <summary>A company's own authorities, and one that nobody trusts. Made anew each time and kept nowhere.</summary>
internal sealed class DemoPki(DateTimeOffset now) : IDisposable
{
    public TestAuthority Root { get; } = TestAuthority.CreateRoot(Dated(CertificateRecipe.ForAuthority("Demo Root"), now));

    public TestAuthority UnknownRoot { get; } = TestAuthority.CreateRoot(Dated(CertificateRecipe.ForAuthority("Unknown Root"), now));

    /// <summary>What the company's servers are issued by; a backend must send it along.</summary>
    public TestAuthority Issuing => field ??= Root.CreateIntermediate(Dated(CertificateRecipe.ForAuthority("Demo Issuing CA"), now));

    /// <summary>Leaf and issuing CA, as a backend should send them.</summary>
    public PresentedChain Chain(CertificateRecipe recipe) => PresentedChain.Of(Issuing.Issue(Dated(recipe, now)), Issuing.Certificate);

    public PresentedChain Chain(string name) => Chain(CertificateRecipe.ForServer(name));

    public PresentedChain Expired(string name) =>
        Chain(CertificateRecipe.ForServer(name) with { NotBefore = now.AddDays(-90), NotAfter = now.AddDays(-3) });

    public PresentedChain FromUnknownRoot(string name) =>
        PresentedChain.Of(UnknownRoot.Issue(Dated(CertificateRecipe.ForServer(name), now)), UnknownRoot.Certificate);

    public X509Certificate2 SelfSigned(CertificateRecipe recipe) => TestAuthority.SelfSigned(Dated(recipe, now));

    public X509Certificate2 SelfSigned(string name) => SelfSigned(CertificateRecipe.ForServer(name));

    public void Dispose()
    {
        Issuing.Dispose();
        Root.Dispose();
        UnknownRoot.Dispose();
    }

    private static CertificateRecipe Dated(CertificateRecipe recipe, DateTimeOffset now) => recipe.NotBefore == CertificateRecipe.DefaultNotBefore
        ? recipe with { NotBefore = now.AddHours(-1), NotAfter = now.AddDays(30) }
        : recipe;
}
