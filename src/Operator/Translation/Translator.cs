using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation.Bundles;
using Portcullis.Operator.Translation.Gateways;
using Portcullis.Operator.Translation.Routes;
using Portcullis.Operator.Translation.Shards;

namespace Portcullis.Operator.Translation;

/// <summary>One moment of all resources → what every gateway runs, what is mounted, and what is wrong with whom.</summary>
public static class Translator
{
    /// <param name="snapshot">All resources.</param>
    /// <param name="fleet">Which gateways have mounted what decides when removed anchors leave.</param>
    /// <param name="previous">Remembers what was in force and since when; null after a start, when the snapshot's publications tell.</param>
    /// <param name="options">The declared gateways.</param>
    /// <param name="now">Decides what has expired and whose patience is over.</param>
    public static TranslationResult Translate(
        ResourceSnapshot snapshot,
        FleetState fleet,
        TranslationResult? previous,
        TranslationOptions options,
        DateTimeOffset now)
    {
        var bundleDrafts = snapshot.TrustBundles
            .Select(bundle => TrustBundleCompiler.Compile(bundle.Key, bundle.Value, snapshot, previous, now))
            .ToImmutableArray();
        var certificates = RouteCertificates.Of(snapshot, previous);
        var references = new References(snapshot, bundleDrafts.ToImmutableSortedDictionary(bundle => bundle.Key, bundle => bundle.State), certificates);
        var routes = Routes(snapshot, references, previous);
        var attachments = Attachments.Of(routes, options, snapshot);
        var uses = Uses(bundleDrafts, routes, attachments, previous, options, now);
        var plan = ShardPlanner.Plan(Requests(bundleDrafts, routes, uses, fleet, now), snapshot, previous, options);
        var bundles = plan.Bundles;

        // Which gateways use a bundle does not depend on whether it is in force, but what becomes of its routes does.
        if (bundleDrafts.Any(draft => draft.State != bundles[draft.Key].State))
        {
            references = references.With(bundles.ToImmutableSortedDictionary(bundle => bundle.Key, bundle => bundle.Value.State));
            routes = Routes(snapshot, references, previous);
            attachments = Attachments.Of(routes, options, snapshot);
        }

        var forbidden = ForbiddenEndpoints.Of(options, snapshot, references);
        var gateways = options.Gateways
            .DistinctBy(gateway => gateway.Name)
            .Select(gateway => Gateway(gateway, attachments, bundles, uses[gateway.Name], certificates, snapshot, previous, forbidden, options.SessionKey))
            .ToImmutableArray();

        return new TranslationResult
        {
            Configurations = gateways.ToImmutableSortedDictionary(gateway => gateway.Outcome.Name, gateway => gateway.Configuration, StringComparer.Ordinal),
            Publication = new BundlePublication
            {
                Bundles = [.. bundles.Values.Select(bundle => bundle.Published).OfType<CompiledBundle>()],
                Shards = plan.Shards,
                Awaited = AwaitedPods.Of(snapshot, fleet, options, bundles, now),
            },
            Routes = routes.ToImmutableSortedDictionary(route => route.Key, route => Outcome(route, attachments, certificates, SessionProblems.Of(route, snapshot.BackendRoutes[route.Key], options))),
            TrustBundles = bundles,
            Gateways = gateways.ToImmutableSortedDictionary(gateway => gateway.Outcome.Name, gateway => gateway.Outcome, StringComparer.Ordinal),
            Certificates = certificates.Read,
            TranslateAgainAt = NextChange(bundles.Values, uses.Values, fleet, now),
        };
    }

    private static ImmutableArray<RouteDraft> Routes(ResourceSnapshot snapshot, References references, TranslationResult? previous) =>
        [.. snapshot.BackendRoutes.Select(route => RouteTranslator.Translate(route.Key, route.Value, references, previous?.Routes.GetValueOrDefault(route.Key)?.Draft))];

    private static ImmutableArray<ShardRequest> Requests(
        ImmutableArray<BundleDraft> drafts, ImmutableArray<RouteDraft> routes, ImmutableSortedDictionary<string, BundleUse> uses, FleetState fleet, DateTimeOffset now)
    {
        var consumers = routes.SelectMany(route => route.Bundles.Select(bundle => (bundle, route.Key))).ToLookup(pair => pair.bundle, pair => pair.Key);
        var users = uses.SelectMany(use => use.Value.All.Select(bundle => (bundle, use.Key))).ToLookup(pair => pair.bundle, pair => pair.Key);

        return [.. drafts.Select(Request)];

        ShardRequest Request(BundleDraft draft)
        {
            var candidates = BundleRollouts.Advance(draft, [.. users[draft.Key]], [.. consumers[draft.Key]], fleet, now);

            return new ShardRequest
            {
                Created = CreationTime.Of(draft.Resource.Metadata),
                Candidates = candidates,
                Unmoved = BundleRollouts.Unmoved(candidates[^1], draft.LastGood),
            };
        }
    }

    /// <summary>By gateway. A route that is refused for another reason still counts: its running requests end by themselves, not because their trust vanished.</summary>
    private static ImmutableSortedDictionary<string, BundleUse> Uses(
        ImmutableArray<BundleDraft> drafts, ImmutableArray<RouteDraft> routes, Attachments attachments, TranslationResult? previous, TranslationOptions options, DateTimeOffset now)
    {
        var existing = drafts.Select(draft => draft.Key).ToHashSet();
        var needed = routes
            .SelectMany(route => attachments.Gateways[route.Key].SelectMany(gateway => route.Bundles.Select(bundle => (gateway, bundle))))
            .ToLookup(pair => pair.gateway, pair => pair.bundle, StringComparer.Ordinal);

        return options.Gateways.DistinctBy(gateway => gateway.Name).ToImmutableSortedDictionary(
            gateway => gateway.Name,
            gateway => (previous?.Gateways.GetValueOrDefault(gateway.Name)?.BundleUse ?? BundleUse.None).Next(needed[gateway.Name], existing, now),
            StringComparer.Ordinal);
    }

    private static (GatewayConfiguration Configuration, TranslatedGateway Outcome) Gateway(
        DeclaredGateway gateway,
        Attachments attachments,
        ImmutableSortedDictionary<ResourceKey, TranslatedBundle> bundles,
        BundleUse use,
        RouteCertificates certificates,
        ResourceSnapshot snapshot,
        TranslationResult? previous,
        ImmutableArray<string> forbidden,
        SessionKey? sessionKey)
    {
        var problems = new List<Problem>();
        var before = previous?.Gateways.GetValueOrDefault(gateway.Name);
        var certificate = Certificate(gateway, snapshot, before, problems);
        var routes = attachments.Entries[gateway.Name];
        var used = use.All.Select(key => bundles[key]).Where(bundle => bundle.Published is not null).Select(bundle => BundleEntryOf(bundle, snapshot.TrustBundles[bundle.Key]));

        // Named even while it cannot be delivered, so that a gateway that still holds it keeps it instead of making one of its own (P7).
        var settings = new SettingsEntry { DefaultCertificate = gateway.DefaultCertificate, ForbiddenEndpoints = forbidden };
        var configuration = GatewayConfiguration.Of(
            [settings, .. routes.Select(route => Delivered(route, snapshot)), .. used, .. Shown(certificates.For(routes), certificate), .. Sessions(gateway, routes, sessionKey)]);
        var outcome = new TranslatedGateway
        {
            Name = gateway.Name,
            Problems = [.. problems],
            DefaultCertificate = certificate,
            BundleUse = use,
            History = (before?.History ?? RevisionHistory.Empty).With(configuration),
        };

        return (configuration, outcome);
    }

    /// <summary>A route that this operator never could read is not taken from gateways that hold a version of it.</summary>
    private static ConfigurationEntry Delivered(RouteEntry route, ResourceSnapshot snapshot) =>
        snapshot.BackendRoutes[route.Route].Unread is { StandIn: StandIn.Outline } ? new KeepEntry { Entry = route.Key, Hostnames = route.Hostnames } : route;

    /// <summary>A Secret that breaks while it is in use leaves the last good certificate in place, so that browsers keep their connection.</summary>
    private static CertificateEntry? Certificate(DeclaredGateway gateway, ResourceSnapshot snapshot, TranslatedGateway? before, List<Problem> problems)
    {
        if (gateway.DefaultCertificate is not { } secret)
        {
            return null;
        }

        return GatewayCertificate.Find(secret, $"gateways[{gateway.Name}].defaultCertificate", snapshot, problems)
            ?? (before?.DefaultCertificate is { } held && held.Certificate == secret ? held : null);
    }

    /// <summary>The default certificate may also be the one of some routes: one entry then.</summary>
    private static ImmutableArray<ConfigurationEntry> Shown(IEnumerable<ConfigurationEntry> ofRoutes, CertificateEntry? byDefault)
    {
        var shown = ofRoutes.ToImmutableArray();

        return byDefault is null || shown.Any(entry => entry.Key == byDefault.Key) ? shown : shown.Add(byDefault);
    }

    /// <summary>To those that need it, and to each one of its own: what one gateway knows makes no cookie of another.</summary>
    private static IEnumerable<SessionKeyEntry> Sessions(DeclaredGateway gateway, IEnumerable<RouteEntry> routes, SessionKey? key) =>
        key is not null && routes.Any(route => route.Backends.Any(backend => backend.Session is not null))
            ? [new SessionKeyEntry { SessionKey = key.For($"gateway {gateway.Name}").ToBase64() }]
            : [];

    private static BundleEntry BundleEntryOf(TranslatedBundle bundle, TrustBundle resource)
    {
        var entry = new BundleEntry
        {
            Bundle = bundle.Key,
            Digest = bundle.Published!.Digest,
            Anchors = bundle.Pushed,
            OnRemoval = resource.Spec.Rollout?.OnRemoval == RemovalMode.Close ? OnRemoval.Close : OnRemoval.Drain,
        };

        return Duration.TryParse(resource.Spec.Rollout?.DrainTimeout, out var drain) ? entry with { DrainTime = drain } : entry;
    }

    private static TranslatedRoute Outcome(RouteDraft route, Attachments attachments, RouteCertificates certificates, IEnumerable<Problem> ofSessions) => new()
    {
        Key = route.Key,
        Problems = [.. route.Problems, .. attachments.Problems[route.Key], .. certificates.ProblemsOf(route.Key), .. ofSessions],
        Gateways = [.. attachments.Gateways[route.Key]],
        Endpoints = route.Backends.ToImmutableSortedDictionary(
            backend => backend.Name, backend => backend.Endpoints.Where(endpoint => endpoint.IsLeaving is not true).Select(EndpointText).ToImmutableArray(), StringComparer.Ordinal),
        Draft = route,
    };

    private static string EndpointText(BackendEndpoint endpoint) =>
        IPAddress.TryParse(endpoint.Host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[{endpoint.Host}]:{endpoint.Port}"
            : $"{endpoint.Host}:{endpoint.Port}";

    private static DateTimeOffset? NextChange(IEnumerable<TranslatedBundle> bundles, IEnumerable<BundleUse> uses, FleetState fleet, DateTimeOffset now)
    {
        // A certificate is still valid in the very second of its NotAfter.
        var moments = bundles.SelectMany(bundle =>
            bundle.Members.Select(member => member.NotAfter.AddSeconds(1)).Concat(
                bundle.Rollout is { } rollout ? rollout.Arriving.Values.Concat(rollout.Leaving.Values).Select(since => since + BundleRollouts.Patience) : []));

        return moments
            .Concat(uses.Select(use => use.NextChange).Append(fleet.CalledAt).Append(fleet.SettledAt).OfType<DateTimeOffset>())
            .Where(moment => moment > now)
            .Select(moment => (DateTimeOffset?)moment)
            .Min();
    }
}
