using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Gateways;

/// <summary>
/// The certificates that routes bring: for their hostnames, and to be shown to their backends. A Secret that breaks while it is in use leaves its last good
/// certificate in place: this operator's, or after a change of leaders what each gateway still holds. Without any, a hostname is served under the gateway's
/// default certificate, and a backend is not called at all.
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

    /// <summary>What is to be shown to a backend. Null with a problem while nothing is known of it; with a notice when it is the last good, wherever that is held.</summary>
    public ResourceKey? ForBackend(SecretRef reference, string ns, string field, List<Problem> problems, List<Problem> notices)
    {
        var secret = new ResourceKey(ns, reference.Name);
        var read = Read[secret];

        if (read.Problem is { } problem)
        {
            Tell(problem with { Reason = Reason(problem, ProblemReason.ClientCertificateNotFound, ProblemReason.ClientCertificateUnusable), Field = field });
        }

        return IsUnseen(read) ? null : secret;

        void Tell(Problem told)
        {
            if (IsUnseen(read))
            {
                problems.Add(told with { Message = $"{told.Message} Until then the backend is not called." });
            }
            else if (read.Entry is null)
            {
                notices.Add(told with { Message = $"{told.Message} Until then gateways that hold an earlier one show that; the others do not call the backend." });
            }
            else if (!ReadFaults.IsWait(told))
            {
                // With the last good one at hand, a route need not wait until the Secret has been read again.
                notices.Add(told with { Message = $"{told.Message} The backend is shown what it last held." });
            }
        }
    }

    /// <summary>What a gateway with these routes is sent, each hostname under one certificate: that of the oldest route which brings one.</summary>
    public IEnumerable<ConfigurationEntry> For(ImmutableArray<RouteEntry> routes)
    {
        var hostnames = new Dictionary<string, ResourceKey>(StringComparer.Ordinal);
        var named = routes
            .OrderBy(route => route.Created)
            .ThenBy(route => route.Route)
            .SelectMany(route => SecretOf(route.Route, snapshot) is { } secret ? route.Hostnames.Select(hostname => (hostname, secret)) : [])
            .ToLookup(pair => Read[pair.secret].Entry is not null);

        // One that only gateways may still hold takes no hostname from one that is there.
        foreach (var (hostname, secret) in named[true].Concat(named[false]))
        {
            hostnames.TryAdd(hostname, secret);
        }

        var ofSecret = hostnames.ToLookup(pair => pair.Value, pair => pair.Key);
        var shownToBackends = routes.SelectMany(ShownToBackends);

        // A route that stays at an earlier translation may name a Secret that nobody declares any more: it is not delivered, and nothing is connected.
        return ofSecret.Select(group => group.Key).Union(shownToBackends)
            .Where(Read.ContainsKey)
            .Select(secret => (secret, hostnames: ofSecret[secret].Order(StringComparer.Ordinal).ToImmutableArray()))
            .Select(shown => Read[shown.secret].Entry is { } entry
                ? (ConfigurationEntry)(entry with { Hostnames = shown.hostnames })
                : new KeepEntry { Entry = EntryKey.Certificate(shown.secret), Hostnames = shown.hostnames });
    }

    /// <summary>Of a route that cannot be read only gateways know the backends: whatever it names may be what they need.</summary>
    private IEnumerable<ResourceKey> ShownToBackends(RouteEntry route) => snapshot.BackendRoutes[route.Route] is { Unread.StandIn: StandIn.Outline } outline
        ? SecretsOf(route.Route, outline)
        : route.Backends.Select(backend => backend.Tls.ClientCertificate).OfType<ResourceKey>();

    /// <summary>Whether nothing is known of it yet, not even that it is broken.</summary>
    private static bool IsUnseen(ReadCertificate read) => read.Entry is null && read.Problem is { } problem && ReadFaults.IsWait(problem);

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
                Message = $"{problem.Message} {(read.Entry is null ? "Until then clients are shown what gateways still hold of it, else their default certificate." : "Clients are shown what it last held.")}",
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
