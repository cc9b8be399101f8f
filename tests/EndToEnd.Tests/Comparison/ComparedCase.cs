using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests.Comparison;

/// <summary>What one backend presents, while every proxy is told to want <see cref="Identity"/> under the company's root.</summary>
/// <param name="Sentence">For the table.</param>
/// <param name="Chain">Presented, from the company's root and somebody else's.</param>
/// <param name="Code">What our refusal begins with; null where it is to be served.</param>
internal sealed record ComparedCase(string Sentence, Func<TestAuthority, TestAuthority, PresentedChain> Chain, string? Code)
{
    /// <summary>A name that every proxy can dial too: Apache checks the one that it dialed.</summary>
    public const string Identity = "localhost";

    private static readonly CertificateRecipe Good = CertificateRecipe.ForServer(Identity);

    private static readonly CertificateRecipe Constrained = CertificateRecipe.ForAuthority("Constrained CA").With(TestExtensions.NameConstraints(permitted: ["elsewhere.internal"]));

    public static IReadOnlyList<ComparedCase> All { get; } =
    [
        new("as it should be", (root, _) => PresentedChain.Of(root.Issue(Good)), null),
        new("as it should be, from an issuing CA that is sent along", (root, _) => Through(root.CreateIntermediate("Issuing CA"), Good), null),
        new("the issuing CA is not sent along", (root, _) => PresentedChain.Of(root.CreateIntermediate("Issuing CA").Issue(Good)), "PC2002"),
        new("from another CA", (_, other) => PresentedChain.Of(other.Issue(Good)), "PC2001"),
        new("self-signed", (_, _) => PresentedChain.Of(TestAuthority.SelfSigned(Good)), "PC2004"),
        new("for another name", (root, _) => PresentedChain.Of(root.Issue("invoices.corp.internal")), "PC2005"),
        new("the name only as CN, where RFC 9525 forbids to look", (root, _) => PresentedChain.Of(root.Issue(Good with { SubjectAltNames = [] })), "PC200"),
        new("expired", (root, _) => PresentedChain.Of(root.Issue(Good with { NotAfter = CertificateRecipe.DefaultNotBefore.AddYears(1) })), "PC2008"),
        new("for clients (extended key usage), not for servers", (root, _) => PresentedChain.Of(root.Issue(Good with { ExtendedKeyUsages = [CertificateRecipe.ClientAuth] })), "PC2011"),
        new("from a server's certificate that plays CA", (root, _) => Through(root.CreateIntermediate(CertificateRecipe.ForServer("some.corp.internal")), Good), "PC20"),
        new("from a CA that may only issue for another domain (name constraints)", (root, _) => Through(root.CreateIntermediate(Constrained), Good), "PC2015"),
    ];

    private static PresentedChain Through(TestAuthority issuing, CertificateRecipe leaf) => PresentedChain.Of(issuing.Issue(leaf), issuing.Certificate);
}
