using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>What a route that asks for sessions is told while there is no key to keep them with. It is served all the same.</summary>
internal static class SessionProblems
{
    public static IEnumerable<Problem> Of(RouteDraft route, BackendRoute declared, TranslationOptions options) => options is { SessionKey: null, SessionKeyProblem: { } why }
        ? declared.Spec.Backends.Index()
            .Where(backend => backend.Item.SessionPersistence is not null && route.Backends.Any(served => served.Name == backend.Item.Name))
            .Select(backend => new Problem(
                ProblemReason.SessionKeyUnavailable,
                $"spec.backends[{backend.Index}].sessionPersistence",
                "Sessions cannot be kept for now, since the operator does not get at the key of their cookies. A gateway that holds an earlier key keeps using it; any other one "
                + $"chooses an endpoint for each request. {why}"))
        : [];
}
