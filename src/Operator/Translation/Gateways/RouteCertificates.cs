using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Gateways;

/// <summary>
/// The certificates that routes bring: for their hostnames, and to be shown to their backends. A Secret that breaks while it is in use leaves its last good
/// certificate in place. Without any, a hostname is served under the gateway's default certificate, and a backend is not called at all.
/// </summary>
internal sealed class RouteCertificates
{
    private const string Field = "spec.frontend.certificateRef.name";
    private readonly ResourceSnapshot snapshot;

    private RouteCertificates(ResourceSnapshot snapshot, ImmutableSortedDictionary<ResourceKey, ReadCertificate> read) => (this.snapshot, Read) = (snapshot, read);

    /// <summary>By Secret, to be remembered for the next translation.</summary>
    public ImmutableSortedDictionary<ResourceKey, ReadCertificate> Read { get; }

    public static RouteCertificates Of(ResourceSnapshot snapshot, TranslationResult? previous)
    {
        var secrets = snapshot.BackendRoutes.SelectMany(route => SecretsOf(route.Key, route.Value)).Distinct();

        return new RouteCertificates(snapshot, secrets.ToImmutableSortedDictionary(secret => secret, secret => ReadOne(secret, snapshot, previous?.Certificates.GetValueOrDefault(secret))));
    }

    public IEnumerable<Problem> ProblemsOf(ResourceKey route)
    {
        if (SecretOf(route, snapshot) is not { } secret)
        {
            return [];
        }

        var read = Read[secret];
        return [.. OfRoute(read), .. NotCovered(route, secret, read.Leaf)];
    }

    /// <summary>What is to be shown to a backend. Null with a problem when nothing may be; with a notice when it is the last good.</summary>
    public ResourceKey? ForBackend(SecretRef reference, string ns, string field, List<Problem> problems, List<Problem> notices)
    {
        var secret = new ResourceKey(ns, reference.Name);
        var read = Read[secret];

        if (read.Problem is { } problem)
        {
            Tell(problem with { Reason = Reason(problem, ProblemReason.ClientCertificateNotFound, ProblemReason.ClientCertificateUnusable), Field = field });
        }

        return read.Entry is null ? null : secret;

        void Tell(Problem told)
        {
            if (read.Entry is null)
            {
                problems.Add(told with { Message = $"{told.Message} Until then the backend is not called." });
            }
            else if (!ReadFaults.IsWait(told))
            {
                // With the last good one at hand, a route need not wait until the Secret has been read again.
                notices.Add(told with { Message = $"{told.Message} The backend is shown what it last held." });
            }
        }
    }

    /// <summary>What a gateway with these routes is sent, each hostname under one certificate: that of the oldest route which brings one.</summary>
    public IEnumerable<CertificateEntry> For(ImmutableArray<RouteEntry> routes)
    {
        var hostnames = new Dictionary<string, ResourceKey>(StringComparer.Ordinal);

        foreach (var route in routes.OrderBy(route => route.Created).ThenBy(route => route.Route))
        {
            if (SecretOf(route.Route, snapshot) is { } secret && Read[secret].Entry is not null)
            {
                foreach (var hostname in route.Hostnames)
                {
                    hostnames.TryAdd(hostname, secret);
                }
            }
        }

        var ofSecret = hostnames.ToLookup(pair => pair.Value, pair => pair.Key);
        var shownToBackends = routes.SelectMany(route => route.Backends).Select(backend => backend.Tls.ClientCertificate).OfType<ResourceKey>();

        // A route that stays at an earlier translation may name a Secret that nobody declares any more: it is not delivered, and nothing is connected.
        return ofSecret.Select(group => group.Key).Union(shownToBackends)
            .Where(secret => Read.GetValueOrDefault(secret)?.Entry is not null)
            .Select(secret => Read[secret].Entry! with { Hostnames = [.. ofSecret[secret].Order(StringComparer.Ordinal)] });
    }

    private static ResourceKey? SecretOf(ResourceKey route, ResourceSnapshot snapshot) =>
        snapshot.BackendRoutes[route].Spec.Frontend?.CertificateRef is { } reference ? new ResourceKey(route.Namespace, reference.Name) : null;

    private static IEnumerable<ResourceKey> SecretsOf(ResourceKey key, BackendRoute route) =>
        route.Spec.Backends
            .Select(backend => backend.Tls.ClientCertificateRef?.Name)
            .Append(route.Spec.Frontend?.CertificateRef?.Name)
            .OfType<string>()
            .Select(name => new ResourceKey(key.Namespace, name));

    private static ReadCertificate ReadOne(ResourceKey secret, ResourceSnapshot snapshot, ReadCertificate? before)
    {
        var source = snapshot.Secrets.GetValueOrDefault(secret);

        if (before is not null && source is not null && ReferenceEquals(before.Source, source))
        {
            return before;
        }

        var problems = new List<Problem>();
        var entry = GatewayCertificate.Find(secret, Field, snapshot, problems);

        return entry is null
            ? new ReadCertificate { Source = source, Entry = before?.Entry, Leaf = before?.Leaf, Problem = problems[0] }
            : new ReadCertificate { Source = source, Entry = entry, Leaf = X509Certificate2.CreateFromPem(entry.ChainPem), Problem = null };
    }

    private static IEnumerable<Problem> OfRoute(ReadCertificate read)
    {
        if (read.Problem is { } problem)
        {
            yield return problem with
            {
                Reason = Reason(problem, ProblemReason.RouteCertificateNotFound, ProblemReason.RouteCertificateUnusable),
                Message = $"{problem.Message} {(read.Entry is null ? "Until then clients are shown the gateway's default certificate." : "Clients are shown what it last held.")}",
            };
        }
    }

    /// <summary>What was never read keeps the reason it has.</summary>
    private static ProblemReason Reason(Problem problem, ProblemReason notFound, ProblemReason unusable) => problem.Reason switch
    {
        ProblemReason.GatewayCertificateNotFound => notFound,
        ProblemReason.GatewayCertificateUnusable => unusable,
        var other => other,
    };

    private IEnumerable<Problem> NotCovered(ResourceKey route, ResourceKey secret, X509Certificate2? leaf) =>
        leaf is null
            ? []
            : snapshot.BackendRoutes[route].Spec.Hostnames
                .Where(hostname => !Covers(leaf, hostname))
                .Select(hostname => new Problem(
                    ProblemReason.RouteCertificateUnusable,
                    Field,
                    $"The certificate in Secret '{secret}' is not for '{hostname}', so browsers will refuse it there. Add the name to the certificate, or leave the hostname to another route."));

    /// <summary>A wildcard host is covered by a wildcard name only: any one label in its place must be.</summary>
    private static bool Covers(X509Certificate2 leaf, string hostname)
    {
        var name = hostname.StartsWith("*.", StringComparison.Ordinal) ? $"any-label-at-all{hostname[1..]}" : hostname;

        try
        {
            return leaf.MatchesHostname(name, allowWildcards: true, allowCommonName: false);
        }
        catch (Exception malformed) when (malformed is ArgumentException or System.Security.Cryptography.CryptographicException)
        {
            // A name, or an extension, that cannot be read covers nothing; what is wrong with the hostname is told elsewhere.
            return false;
        }
    }
}
