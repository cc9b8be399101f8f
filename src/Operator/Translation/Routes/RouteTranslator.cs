using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>
/// One route → its rules and backends. Whatever cannot be served keeps its place and answers 503 with its code (P6): the whole route when its spec is
/// not accepted, a rule when every backend it would send to is broken, else the broken backend's share of the rule. No share ever moves to another backend.
/// </summary>
internal static class RouteTranslator
{
    /// <param name="before">Its earlier translation, at which it stays while something that it needs has not been read yet; null when there is none.</param>
    public static RouteDraft Translate(ResourceKey key, BackendRoute route, References references, RouteDraft? before)
    {
        var draft = Fresh(key, route, references);

        // A route that has waited ever since it came has nothing to stay at. A reference that its owner does not permit any more is not held on to.
        var canStay = before is { } earlier && earlier.Uid == draft.Uid && (earlier.IsHeld || !earlier.Waits) && references.StillPermit(earlier);

        return draft.Waits && canStay
            ? before! with { Problems = draft.Problems, IsHeld = true }
            : draft;
    }

    private static RouteDraft Fresh(ResourceKey key, BackendRoute route, References references)
    {
        var spec = route.Spec;
        var isOutline = route.Unread is { StandIn: StandIn.Outline };
        var specProblems = isOutline ? [] : InvalidFields.Of(spec).Concat(UnsupportedFields.Of(spec)).ToImmutableArray();
        var draft = new RouteDraft
        {
            Key = key,
            Uid = route.Metadata.Uid,
            Created = CreationTime.Of(route.Metadata),
            Gateways = [.. spec.Gateways.Select((gateway, index) => (gateway, $"spec.gateways[{index}]")).DistinctBy(pair => pair.gateway, StringComparer.Ordinal)],
            Hostnames = [.. spec.Hostnames.Select(HostName.Normal).Where(HostName.IsExactOrWildcard).Distinct()],
            Front = FrontTranslator.Translate(spec.Frontend),
            Rules = [],
            Backends = [],
            Bundles = PermittedBundles(spec, key.Namespace, references),
            Services = [.. spec.Backends.Select(backend => backend.ServiceRef).OfType<ServiceRef>().Select(service => ServiceEndpoints.KeyOf(service, key.Namespace)).Distinct()],
            Problems = specProblems,
        };

        if (isOutline)
        {
            return draft with { Problems = [RouteProblems.Unread(route.Unread!)], IsKept = true };
        }

        var translated = specProblems.IsEmpty ? Served(draft, spec, references) : Refused(draft, spec, specProblems[0].Code);
        return route.Unread is { } unread ? translated with { Problems = [RouteProblems.Unread(unread), .. translated.Problems] } : translated;
    }

    private static RouteDraft Served(RouteDraft draft, BackendRouteSpec spec, References references)
    {
        var backends = spec.Backends
            .Select((backend, index) => BackendTranslator.Translate(backend, draft.Key, $"spec.backends[{index}]", references))
            .ToImmutableDictionary(backend => backend.Configuration.Name, StringComparer.Ordinal);
        var ruleProblems = new List<Problem>();
        var rules = spec.Rules.Select((rule, index) => RuleOf(rule, Action(rule, $"spec.rules[{index}]", backends, ruleProblems))).ToImmutableArray();
        var used = rules
            .Select(rule => rule.Action)
            .OfType<RuleAction.Forward>()
            .SelectMany(forward => forward.Backends)
            .Select(backend => backend.Backend)
            .ToHashSet(StringComparer.Ordinal);

        return draft with
        {
            Rules = rules,
            Backends = [.. spec.Backends.Where(backend => used.Contains(backend.Name)).Select(backend => backends[backend.Name].Configuration)],
            Problems = [.. spec.Backends.SelectMany(backend => backends[backend.Name].Problems.Concat(backends[backend.Name].Notices)), .. ruleProblems],
        };
    }

    private static RuleAction Action(Rule rule, string field, ImmutableDictionary<string, BackendDraft> backends, List<Problem> problems)
    {
        if (FilterTranslator.RedirectOf(rule) is { } redirect)
        {
            return redirect;
        }

        var taking = rule.BackendRefs.Where(reference => reference.Weight > 0).Select(reference => backends[reference.Name]).ToImmutableArray();

        if (taking.IsEmpty)
        {
            var problem = RouteProblems.NoBackendTakesRequests($"{field}.backendRefs");
            problems.Add(problem);
            return new RuleAction.Refuse(problem.Code);
        }

        return taking.All(backend => backend.IsBroken)
            ? new RuleAction.Refuse(taking[0].Problems[0].Code)
            : new RuleAction.Forward([.. rule.BackendRefs.Select(reference => Share(reference, backends[reference.Name]))]);
    }

    private static WeightedBackend Share(BackendRef reference, BackendDraft backend) =>
        new(reference.Name, reference.Weight) { Refusal = backend.IsBroken ? backend.Problems[0].Code : null };

    private static RouteDraft Refused(RouteDraft draft, BackendRouteSpec spec, string code)
    {
        var refuse = new RuleAction.Refuse(code);

        // Without any rule the hostnames would fall to a wildcard.
        return spec.Rules.IsEmpty
            ? draft with { Rules = [new RouteRule { Name = "all", Matches = Everything, Action = refuse }] }
            : draft with { Rules = [.. spec.Rules.Select(rule => RuleOf(rule with { Matches = Matchable(rule) }, refuse))] };
    }

    /// <summary>A path that is not one would make gateways refuse the whole entry; without any match left, the rule refuses everything.</summary>
    private static ImmutableArray<Match> Matchable(Rule rule) => [.. rule.Matches.Where(match => match.Path?.Value.StartsWith('/') != false)];

    private static RouteRule RuleOf(Rule rule, RuleAction action) => new()
    {
        Name = rule.Name,
        Matches = rule.Matches.IsEmpty ? Everything : [.. rule.Matches.Select(MatchOf)],
        Action = action,
        Filters = action is RuleAction.Refuse ? null : FilterTranslator.FiltersOf(rule),
        RequestTimeout = LimitOf(rule.Timeouts?.Request),
        BackendRequestTimeout = action is RuleAction.Forward ? LimitOf(rule.Timeouts?.BackendRequest) : null,
        KeepsEncodedSlashes = rule.EncodedSlashes == EncodedSlashes.Keep ? true : null,
        Retry = action is RuleAction.Forward && rule.Retry is { } retry ? RetryOf(retry) : null,
    };

    private static TimeSpan? LimitOf(string? text) => Duration.TryParse(text, out var limit) && limit > TimeSpan.Zero ? limit : null;

    private static RetryRule RetryOf(RetryPolicy retry)
    {
        var defaults = new RetryRule();

        return new RetryRule
        {
            Codes = [.. retry.Codes.Distinct().Order()],
            Attempts = retry.Attempts ?? defaults.Attempts,
            Backoff = Duration.TryParse(retry.Backoff, out var backoff) ? backoff : defaults.Backoff,
        };
    }

    private static RouteMatch MatchOf(Match match) => new()
    {
        Path = match.Path is { } path
            ? new PathMatch(path.Type == PathType.Exact ? PathMatchType.Exact : PathMatchType.PathPrefix, path.Value)
            : new PathMatch(PathMatchType.PathPrefix, "/"),
        Method = match.Method,

        // Of two of one name the first counts, as in Gateway API; the schema tells only names of the same case apart.
        Headers = [.. match.Headers.DistinctBy(header => header.Name, StringComparer.OrdinalIgnoreCase).Select(header => new NameValueMatch(header.Name, header.Value))],
        QueryParameters = [.. match.QueryParams.Select(parameter => new NameValueMatch(parameter.Name, parameter.Value))],
    };

    private static ImmutableArray<RouteMatch> Everything { get; } = [new RouteMatch { Path = new PathMatch(PathMatchType.PathPrefix, "/") }];

    private static ImmutableArray<ResourceKey> PermittedBundles(BackendRouteSpec spec, string ns, References references) =>
    [
        .. spec.Backends
            .SelectMany(backend => backend.Tls.Validation.CaCertificateRefs)
            .Where(reference => reference.Group == TrustBundle.Group && reference.Kind == TrustBundle.KindName)
            .Select(reference => new ResourceKey(reference.Namespace ?? ns, reference.Name))
            .Where(bundle => references.Bundles.ContainsKey(bundle) && references.Grants.Permit(ns, TrustBundle.Group, TrustBundle.KindName, bundle))
            .Distinct()
            .Order(),
    ];
}
