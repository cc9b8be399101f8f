using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>What the schema has and this version does not do yet. Each field is refused by name: nothing is accepted and ignored.</summary>
internal static class UnsupportedFields
{
    public static IEnumerable<Problem> Of(BackendRouteSpec spec) =>
        spec.Backends.SelectMany((backend, index) => OfBackend(backend, $"spec.backends[{index}]"));

    private static IEnumerable<Problem> OfBackend(Backend backend, string field)
    {
        if (backend.Tls.Validation.WellKnownCACertificates is not null)
        {
            yield return RouteProblems.Unsupported(
                $"{field}.tls.validation.wellKnownCACertificates",
                "Trusting the public CAs of the system is",
                "Put the CA certificates you mean into a TrustBundle and name it in caCertificateRefs.");
        }
    }
}
