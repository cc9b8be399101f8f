using System.Collections.Immutable;
using Portcullis.Contract.Verdicts;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Demo.Scenarios;

/// <summary>What can be right and wrong with a backend, each once.</summary>
internal static class DemoScenarios
{
    private const string Server = "orders.demo.internal";

    public static ImmutableArray<Scenario> All(DemoPki pki)
    {
        var appliance = pki.SelfSigned("appliance.demo.internal");

        return
        [
            Named("good-chain", pki.Chain(Server)),
            Named("missing-intermediate", PresentedChain.Of(pki.Chain(Server).Leaf)) with { Expected = VerdictReason.IncompleteChain },
            Named("wrong-name", pki.Chain("invoices.demo.internal")) with { Expected = VerdictReason.HostnameMismatch },
            Named("expired", pki.Expired(Server)) with { Expected = VerdictReason.CertificateExpired },
            Named("unknown-ca", pki.FromUnknownRoot(Server)) with { Expected = VerdictReason.UnknownAuthority },
            Named("self-signed", PresentedChain.Of(pki.SelfSigned(Server))) with { Expected = VerdictReason.SelfSignedNotTrusted },
            Named("self-signed-pinned", PresentedChain.Of(appliance)) with { Identity = Hostname("appliance.demo.internal"), Bundle = DemoBundles.Appliance },
            new Scenario
            {
                Name = "default-vhost",
                Default = PresentedChain.Of(pki.SelfSigned(IngressPlaceholder)),
                VirtualHost = (Server, pki.Chain(Server)),
                Identity = NameWithoutSni(Server),
                Expected = VerdictReason.DefaultCertificate,
            },
            new Scenario
            {
                Name = "named-vhost",
                Default = PresentedChain.Of(pki.SelfSigned(IngressPlaceholder)),
                VirtualHost = (Server, pki.Chain(Server)),
                Identity = Hostname(Server),

                // Apache answers 421 to a Host that belongs to another of its sites than the SNI did.
                HostHeader = "Backend",
            },
            Named("common-name-only", pki.Chain(new CertificateRecipe { Subject = $"CN={Server}" })) with { Expected = VerdictReason.NoSubjectAltName },
            new Scenario { Name = "ip-address", Default = pki.Chain(CertificateRecipe.ForServer(Server).WithIp("127.0.0.1")), Identity = Address },
            new Scenario
            {
                Name = "ip-address-not-in-san", Default = pki.Chain(Server), Identity = Address, Expected = VerdictReason.HostnameMismatch,
            },
            new Scenario { Name = "plaintext", Identity = Hostname(Server), Expected = VerdictReason.PlaintextBackend },
        ];
    }

    /// <summary>What the appliance of its bundle presents, which is what the bundle must hold.</summary>
    public static PresentedChain Appliance(ImmutableArray<Scenario> scenarios) =>
        scenarios.First(scenario => scenario.Bundle == DemoBundles.Appliance).Default
        ?? throw new InvalidOperationException("The appliance of the demo presents no certificate.");

    // What ingress-nginx answers with when no virtual host fits.
    private static CertificateRecipe IngressPlaceholder =>
        CertificateRecipe.ForServer("ingress.local") with { Subject = "CN=Kubernetes Ingress Controller Fake Certificate" };

    private static ImmutableArray<string> Address => ["subjectAltNames:", "- {type: IPAddress, ipAddress: 127.0.0.1}"];

    private static Scenario Named(string name, PresentedChain chain) => new() { Name = name, Default = chain, Identity = Hostname(Server) };

    private static ImmutableArray<string> Hostname(string name) => [$"hostname: {name}"];

    // An endpoint that is an IP address, and names without a hostname beside them: nothing that could be sent as SNI.
    private static ImmutableArray<string> NameWithoutSni(string name) => ["subjectAltNames:", $"- {{type: Hostname, hostname: {name}}}"];
}
