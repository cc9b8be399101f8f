using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>
/// Each CEL expression of our CRDs, and the same in C#. Keyed by the expression, so that neither changes without the other; the corpus holds both
/// to the same answers.
/// </summary>
internal static class RuleTwins
{
    private static readonly ImmutableDictionary<string, Func<JsonNode, bool>> Twins = new Dictionary<string, Func<JsonNode, bool>>
    {
        ["!isIP(self)"] = self => !IpLiteral.IsIp(Text(self)),
        ["isIP(self)"] = self => IpLiteral.IsIp(Text(self)),
        ["duration(self) <= duration('1h')"] = self => Length(self) <= TimeSpan.FromHours(1),
        ["duration(self) <= duration('2160h')"] = self => Length(self) <= TimeSpan.FromHours(2160),
        ["self.contains('-----BEGIN CERTIFICATE-----')"] = self => Text(self).Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal),
        ["!self.contains('PRIVATE KEY-----')"] = self => !Text(self).Contains("PRIVATE KEY-----", StringComparison.Ordinal),
        ["!self.contains('//') && !self.contains('/./') && !self.contains('/../') && !self.contains('%2f') && !self.contains('%2F')"
            + " && !self.endsWith('/.') && !self.endsWith('/..')"] = IsNormalPath,

        ["has(self.caCertificateRefs) != has(self.wellKnownCACertificates)"] = self => Has(self, "caCertificateRefs") != Has(self, "wellKnownCACertificates"),
        ["has(self.serviceRef) != has(self.endpoints)"] = self => Has(self, "serviceRef") != Has(self, "endpoints"),
        ["has(self.hostname) != has(self.ip)"] = self => Has(self, "hostname") != Has(self, "ip"),
        ["has(self.name) != has(self.signerName)"] = self => Has(self, "name") != Has(self, "signerName"),
        ["!has(self.labelSelector) || has(self.signerName)"] = self => !Has(self, "labelSelector") || Has(self, "signerName"),
        ["has(self.clientCertificateRef) == (self.mode == 'ClientAndServer')"] = self => Has(self, "clientCertificateRef") == Is(self, "mode", "ClientAndServer"),
        ["has(self.value) == (self.type == 'Literal')"] = self => Has(self, "value") == Is(self, "type", "Literal"),
        ["[has(self.configMap), has(self.secret), has(self.clusterTrustBundle), has(self.inline)].filter(x, x).size() == 1"] =
            self => Count(self, "configMap", "secret", "clusterTrustBundle", "inline") == 1,

        ["has(self.requestHeaderModifier) == (self.type == 'RequestHeaderModifier')"] = Union("requestHeaderModifier", "RequestHeaderModifier"),
        ["has(self.responseHeaderModifier) == (self.type == 'ResponseHeaderModifier')"] = Union("responseHeaderModifier", "ResponseHeaderModifier"),
        ["has(self.requestRedirect) == (self.type == 'RequestRedirect')"] = Union("requestRedirect", "RequestRedirect"),
        ["has(self.urlRewrite) == (self.type == 'URLRewrite')"] = Union("urlRewrite", "URLRewrite"),
        ["has(self.reverseMapping) == (self.type == 'ReverseMapping')"] = Union("reverseMapping", "ReverseMapping"),
        ["self.type == 'ReplaceFullPath' ? has(self.replaceFullPath) && !has(self.replacePrefixMatch) : true"] =
            OnlyField("ReplaceFullPath", "replaceFullPath", "replacePrefixMatch"),
        ["self.type == 'ReplacePrefixMatch' ? has(self.replacePrefixMatch) && !has(self.replaceFullPath) : true"] =
            OnlyField("ReplacePrefixMatch", "replacePrefixMatch", "replaceFullPath"),
        ["self.type == 'Hostname' ? has(self.hostname) && !has(self.uri) && !has(self.ipAddress) : true"] = OnlyField("Hostname", "hostname", "uri", "ipAddress"),
        ["self.type == 'URI' ? has(self.uri) && !has(self.hostname) && !has(self.ipAddress) : true"] = OnlyField("URI", "uri", "hostname", "ipAddress"),
        ["self.type == 'IPAddress' ? has(self.ipAddress) && !has(self.hostname) && !has(self.uri) : true"] = OnlyField("IPAddress", "ipAddress", "hostname", "uri"),

        ["has(self.tls.validation.hostname) || has(self.tls.validation.subjectAltNames) || (has(self.endpoints) && self.endpoints.all(e, has(e.hostname)))"] =
            HasIdentity,
        ["!(has(self.request) && has(self.backendRequest) && duration(self.request) != duration('0s') && duration(self.backendRequest) > duration(self.request))"] =
            FitsInRequest,
        ["has(self.backendRefs) != (has(self.filters) && self.filters.exists(f, f.type == 'RequestRedirect'))"] =
            self => Has(self, "backendRefs") != HasFilter(self, "RequestRedirect"),
        ["!has(self.filters) || self.filters.all(f, self.filters.filter(g, g.type == f.type).size() == 1)"] =
            self => Items(self, "filters").GroupBy(filter => Text(filter["type"]!)).All(ofType => ofType.Count() == 1),
        ["!has(self.filters) || !(self.filters.exists(f, f.type == 'RequestRedirect') && self.filters.exists(f, f.type == 'URLRewrite'))"] =
            self => !(HasFilter(self, "RequestRedirect") && HasFilter(self, "URLRewrite")),
        ["!has(self.filters) || !has(self.matches) || self.matches.all(m, !has(m.path) || m.path.type == 'PathPrefix')"
            + " || !self.filters.exists(f, (has(f.urlRewrite) && has(f.urlRewrite.path) && f.urlRewrite.path.type == 'ReplacePrefixMatch')"
            + " || (has(f.requestRedirect) && has(f.requestRedirect.path) && f.requestRedirect.path.type == 'ReplacePrefixMatch'))"] = HasPrefixToReplace,
        ["self.rules.all(r, !has(r.backendRefs) || r.backendRefs.all(b, has(self.backends) && self.backends.exists(x, x.name == b.name)))"] =
            self => BackendRefs(self).All(reference => Names(self, "backends").Contains(reference)),
        ["!has(self.backends) || self.backends.all(x, self.rules.exists(r, has(r.backendRefs) && r.backendRefs.exists(b, b.name == x.name)))"] =
            self => Names(self, "backends").All(backend => BackendRefs(self).Contains(backend)),
    }.ToImmutableDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Expressions => Twins.Keys;

    /// <exception cref="InvalidDataException">The expression has no twin.</exception>
    public static Func<JsonNode, bool> Of(string expression) =>
        Twins.TryGetValue(expression, out var twin)
            ? twin
            : throw new InvalidDataException($"The CEL rule '{expression}' has no twin in {nameof(RuleTwins)}. Add one, and both answers to the corpus.");

    private static Func<JsonNode, bool> Union(string field, string type) => self => Has(self, field) == Is(self, "type", type);

    private static Func<JsonNode, bool> OnlyField(string type, string field, params string[] others) =>
        self => !Is(self, "type", type) || (Has(self, field) && Count(self, others) == 0);

    private static bool IsNormalPath(JsonNode self)
    {
        var path = Text(self);
        string[] forbidden = ["//", "/./", "/../", "%2f", "%2F"];

        return !forbidden.Any(part => path.Contains(part, StringComparison.Ordinal))
            && !path.EndsWith("/.", StringComparison.Ordinal)
            && !path.EndsWith("/..", StringComparison.Ordinal);
    }

    private static bool HasIdentity(JsonNode backend)
    {
        var validation = backend["tls"]!["validation"]!;

        return Has(validation, "hostname")
            || Has(validation, "subjectAltNames")
            || (Has(backend, "endpoints") && Items(backend, "endpoints").All(endpoint => Has(endpoint, "hostname")));
    }

    private static bool FitsInRequest(JsonNode timeouts) =>
        !Has(timeouts, "request")
        || !Has(timeouts, "backendRequest")
        || Length(timeouts["request"]!) == TimeSpan.Zero
        || Length(timeouts["backendRequest"]!) <= Length(timeouts["request"]!);

    private static bool HasPrefixToReplace(JsonNode rule) =>
        Items(rule, "matches").All(match => !Has(match, "path") || Is(match["path"]!, "type", "PathPrefix"))
        || !Items(rule, "filters").Any(filter => ReplacesPrefix(filter, "urlRewrite") || ReplacesPrefix(filter, "requestRedirect"));

    private static bool ReplacesPrefix(JsonNode filter, string field) =>
        filter[field] is { } change && change["path"] is { } path && Is(path, "type", "ReplacePrefixMatch");

    private static bool HasFilter(JsonNode rule, string type) => Items(rule, "filters").Any(filter => Is(filter, "type", type));

    private static IEnumerable<string> BackendRefs(JsonNode spec) => Items(spec, "rules").SelectMany(rule => Names(rule, "backendRefs"));

    private static IEnumerable<string> Names(JsonNode self, string list) => Items(self, list).Select(item => Text(item["name"]!));

    private static IEnumerable<JsonNode> Items(JsonNode self, string list) => (self[list] as JsonArray ?? []).Select(item => item!);

    private static bool Has(JsonNode self, string field) => self[field] is not null;

    private static int Count(JsonNode self, params string[] fields) => fields.Count(field => Has(self, field));

    private static bool Is(JsonNode self, string field, string value) => self[field] is { } present && Text(present) == value;

    private static string Text(JsonNode self) => self.GetValue<string>();

    /// <summary>A text that is no duration has failed its pattern already; CEL would call the rule broken, which refuses as well.</summary>
    private static TimeSpan Length(JsonNode self) => Duration.TryParse(Text(self), out var length) ? length : TimeSpan.MaxValue;
}
