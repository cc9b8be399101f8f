using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Gateways;

/// <summary>
/// The certificates that routes bring for their hostnames. A Secret that breaks while it is in use leaves its last good certificate in place; a route without any
/// is served under the gateway's default certificate, and says so.
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
        var secrets = snapshot.BackendRoutes.Select(route => SecretOf(route.Key, snapshot)).OfType<ResourceKey>().Distinct();

        return new RouteCertificates(snapshot, secrets.ToImmutableSortedDictionary(secret => secret, secret => ReadOne(secret, snapshot, previous?.Certificates.GetValueOrDefault(secret))));
    }

    public IEnumerable<Problem> ProblemsOf(ResourceKey route)
    {
        if (SecretOf(route, snapshot) is not { } secret)
        {
            return [];
        }

        var read = Read[secret];
        return [.. read.Problem is { } problem ? [problem] : Array.Empty<Problem>(), .. NotCovered(route, secret, read.Leaf)];
    }

    /// <summary>What a gateway with these routes is sent, each hostname under one certificate: that of the oldest route which brings one.</summary>
    public IEnumerable<CertificateEntry> For(IEnumerable<RouteEntry> routes)
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

        return hostnames
            .GroupBy(pair => pair.Value, pair => pair.Key)
            .Select(group => Read[group.Key].Entry! with { Hostnames = [.. group.Order(StringComparer.Ordinal)] });
    }

    private static ResourceKey? SecretOf(ResourceKey route, ResourceSnapshot snapshot) =>
        snapshot.BackendRoutes[route].Spec.Frontend?.CertificateRef is { } reference ? new ResourceKey(route.Namespace, reference.Name) : null;

    private static ReadCertificate ReadOne(ResourceKey secret, ResourceSnapshot snapshot, ReadCertificate? before)
    {
        var source = snapshot.Secrets.GetValueOrDefault(secret);

        if (before is not null && source is not null && ReferenceEquals(before.Source, source))
        {
            return before;
        }

        var problem = Unread(secret, snapshot);
        var problems = new List<Problem>();
        var entry = problem is null ? GatewayCertificate.Find(secret, Field, snapshot, problems) : null;

        return entry is null
            ? new ReadCertificate { Source = source, Entry = before?.Entry, Leaf = before?.Leaf, Problem = problem ?? OfRoute(problems[0], before?.Entry is not null) }
            : new ReadCertificate { Source = source, Entry = entry, Leaf = X509Certificate2.CreateFromPem(entry.ChainPem), Problem = null };
    }

    /// <summary>Not there and not seen are told apart.</summary>
    private static Problem? Unread(ResourceKey secret, ResourceSnapshot snapshot) =>
        !snapshot.Secrets.ContainsKey(secret) && snapshot.FaultOf("Secret", secret) is { } fault
            ? new Problem(ProblemReason.RouteCertificateNotFound, Field, fault.Message)
            : null;

    private static Problem OfRoute(Problem problem, bool isHeld) => problem with
    {
        Reason = problem.Reason == ProblemReason.GatewayCertificateNotFound ? ProblemReason.RouteCertificateNotFound : ProblemReason.RouteCertificateUnusable,
        Message = $"{problem.Message} {(isHeld ? "Clients are shown what it last held." : "Until then clients are shown the gateway's default certificate.")}",
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
