using System.Net;
using System.Text.RegularExpressions;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>
/// Values that cannot be meant. The schema refuses most of them before they come here; a cluster with an older schema may not, and a route must be refused
/// rather than half understood.
/// </summary>
internal static partial class InvalidFields
{
    public static IEnumerable<Problem> Of(BackendRouteSpec spec) =>
        OfHostnames(spec)
            .Concat(OfNames(spec))
            .Concat(spec.Rules.SelectMany((rule, index) => OfRule(rule, spec, $"spec.rules[{index}]")))
            .Concat(spec.Rules.SelectMany((rule, index) => InvalidTries.Of(rule, $"spec.rules[{index}]")))
            .Concat(spec.Rules.SelectMany((rule, index) => InvalidFilters.Of(rule, spec, $"spec.rules[{index}]")))
            .Concat(spec.Backends.SelectMany((backend, index) => OfBackend(backend, $"spec.backends[{index}]")));

    private static IEnumerable<Problem> OfHostnames(BackendRouteSpec spec)
    {
        if (spec.Hostnames.IsEmpty)
        {
            yield return RouteProblems.Invalid("spec.hostnames", "A route needs at least one hostname. Add the name that clients ask for.");
        }

        var malformed = spec.Hostnames.Select((name, index) => (name, index)).Where(pair => !HostName.IsExactOrWildcard(HostName.Normal(pair.name)));

        foreach (var (name, index) in malformed)
        {
            yield return RouteProblems.Invalid(
                $"spec.hostnames[{index}]",
                $"'{name}' is not a DNS name. Write one such as shop.example.com or *.example.com; addresses cannot be routed by.");
        }
    }

    private static IEnumerable<Problem> OfNames(BackendRouteSpec spec)
    {
        if (spec.Rules.IsEmpty)
        {
            yield return RouteProblems.Invalid("spec.rules", "A route needs at least one rule. Add one with backendRefs.");
        }

        foreach (var name in Repeated(spec.Rules.Select(rule => rule.Name)))
        {
            yield return RouteProblems.Invalid("spec.rules", $"Two rules are called '{name}'. Give each its own name.");
        }

        foreach (var name in Repeated(spec.Backends.Select(backend => backend.Name)))
        {
            yield return RouteProblems.Invalid("spec.backends", $"Two backends are called '{name}'. Give each its own name.");
        }
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);

    private static IEnumerable<Problem> OfRule(Rule rule, BackendRouteSpec spec, string field)
    {
        foreach (var (match, index) in rule.Matches.Select((match, index) => (match, index)).Where(pair => pair.match.Path?.Value.StartsWith('/') == false))
        {
            yield return RouteProblems.Invalid(
                $"{field}.matches[{index}].path.value",
                $"'{match.Path!.Value}' does not start with '/'. Write the path from the root.");
        }

        if (rule.BackendRefs.IsEmpty && rule.Filters.All(filter => filter.Type != FilterType.RequestRedirect))
        {
            yield return RouteProblems.Invalid($"{field}.backendRefs", "The rule leads nowhere. Name a backend of spec.backends, or redirect.");
        }

        foreach (var (reference, index) in rule.BackendRefs.Select((reference, index) => (reference, index)))
        {
            if (spec.Backends.All(backend => backend.Name != reference.Name))
            {
                yield return RouteProblems.Invalid(
                    $"{field}.backendRefs[{index}].name",
                    $"spec.backends has no entry '{reference.Name}'. Add it, or correct the name.");
            }

            if (reference.Weight is < 0 or > WeightedBackend.MostWeight)
            {
                yield return RouteProblems.Invalid(
                    $"{field}.backendRefs[{index}].weight",
                    $"{reference.Weight} is not a weight. Write a number from 0 to {WeightedBackend.MostWeight}.");
            }
        }
    }

    private static IEnumerable<Problem> OfBackend(Backend backend, string field) =>
        OfAddress(backend, field)
            .Concat(OfValidation(backend, $"{field}.tls.validation"))
            .Concat(OfConnections(backend.Connections, $"{field}.connections"))
            .Concat(OfHostHeader(backend.HostHeader, $"{field}.hostHeader"))
            .Concat(InvalidHealthChecks.Of(backend.HealthCheck, $"{field}.healthCheck"))
            .Concat(InvalidSessions.Of(backend.SessionPersistence, $"{field}.sessionPersistence"));

    private static IEnumerable<Problem> OfAddress(Backend backend, string field)
    {
        if (backend.ServiceRef is not null == !backend.Endpoints.IsEmpty)
        {
            yield return RouteProblems.Invalid(field, "A backend has one kind of address. Set exactly one of serviceRef and endpoints.");
        }

        foreach (var (endpoint, index) in backend.Endpoints.Select((endpoint, index) => (endpoint, index)))
        {
            var at = $"{field}.endpoints[{index}]";

            if (endpoint.Port is < 1 or > 65535)
            {
                yield return RouteProblems.Invalid($"{at}.port", $"{endpoint.Port} is not a port. Write a number from 1 to 65535.");
            }

            if (endpoint.Ip is not null == endpoint.Hostname is not null)
            {
                yield return RouteProblems.Invalid(at, "An endpoint has one address. Set exactly one of ip and hostname.");
            }

            if (endpoint.Ip is { } ip && !IPAddress.TryParse(ip, out _))
            {
                yield return RouteProblems.Invalid($"{at}.ip", $"'{ip}' is not an IP address. Write an address, or use hostname for a name.");
            }

            if (endpoint.Hostname is { } name && !HostName.IsExact(HostName.Normal(name)))
            {
                yield return RouteProblems.Invalid($"{at}.hostname", $"'{name}' is not a DNS name. Write a full name, or use ip for an address.");
            }
        }
    }

    private static IEnumerable<Problem> OfValidation(Backend backend, string field)
    {
        var validation = backend.Tls.Validation;

        if (validation.CaCertificateRefs.IsEmpty && validation.WellKnownCACertificates is null)
        {
            yield return RouteProblems.Invalid($"{field}.caCertificateRefs", "Without a TrustBundle no certificate can be verified. Name at least one.");
        }

        var everyEndpointHasItsName = !backend.Endpoints.IsEmpty && backend.Endpoints.All(endpoint => endpoint.Hostname is not null);

        if (validation.Hostname is null && validation.SubjectAltNames.IsEmpty && !everyEndpointHasItsName)
        {
            yield return RouteProblems.Invalid(
                field,
                "The identity to verify is undefined. Set hostname, or subjectAltNames, or give every endpoint a hostname.");
        }

        if (validation.Hostname is { } name && !HostName.IsExact(HostName.Normal(name)))
        {
            yield return RouteProblems.Invalid(
                $"{field}.hostname",
                $"'{name}' is not a DNS name. Write the name in the certificate; for an address use a subjectAltName of type IPAddress.");
        }

        foreach (var (subject, index) in validation.SubjectAltNames.Select((subject, index) => (subject, index)).Where(pair => !IsMeaningful(pair.subject)))
        {
            yield return RouteProblems.Invalid(
                $"{field}.subjectAltNames[{index}]",
                $"A name of type {subject.Type} needs a valid {FieldOf(subject.Type)} and nothing else. Correct the entry.");
        }

        foreach (var (pin, index) in validation.PublicKeyPins.Select((pin, index) => (pin, index)).Where(pair => !Pin().IsMatch(pair.pin)))
        {
            yield return RouteProblems.Invalid(
                $"{field}.publicKeyPins[{index}]",
                "A pin is 'sha256/' and the Base64 of a SHA-256, 44 characters that end with '='. Copy it from a verdict or make it with openssl.");
        }

        if (validation.MaxIntermediates < 0)
        {
            yield return RouteProblems.Invalid(
                $"{field}.maxIntermediates",
                "The number of intermediates cannot be negative. Write 0 or more, or remove the field.");
        }

        if (validation.MinTLSVersion is not ("1.2" or "1.3"))
        {
            yield return RouteProblems.Invalid($"{field}.minTLSVersion", $"'{validation.MinTLSVersion}' is not offered. Write \"1.2\" or \"1.3\".");
        }
    }

    private static bool IsMeaningful(SubjectAltName subject) => subject switch
    {
        { Type: SubjectAltNameType.Hostname, Hostname: { } name, Uri: null, IpAddress: null } => HostName.IsExact(HostName.Normal(name)),
        { Type: SubjectAltNameType.URI, Uri: { } uri, Hostname: null, IpAddress: null } => Uri.TryCreate(uri, UriKind.Absolute, out _),
        { Type: SubjectAltNameType.IPAddress, IpAddress: { } address, Hostname: null, Uri: null } => IPAddress.TryParse(address, out _),
        _ => false,
    };

    private static string FieldOf(SubjectAltNameType type) => type switch
    {
        SubjectAltNameType.Hostname => "hostname",
        SubjectAltNameType.URI => "uri",
        _ => "ipAddress",
    };

    private static IEnumerable<Problem> OfConnections(ConnectionsSpec? connections, string field)
    {
        if (connections is null)
        {
            yield break;
        }

        (string Name, string? Value)[] durations =
        [
            ("connectTimeout", connections.ConnectTimeout),
            ("idleTimeout", connections.IdleTimeout),
            ("maxLifetime", connections.MaxLifetime),
        ];

        foreach (var (name, value) in durations)
        {
            if (value is not null && !(Duration.TryParse(value, out var duration) && duration > TimeSpan.Zero))
            {
                yield return RouteProblems.NotADuration($"{field}.{name}", value);
            }
        }

        if (connections.MaxPerEndpoint < 1)
        {
            yield return RouteProblems.Invalid($"{field}.maxPerEndpoint", "At least one connection is needed. Write 1 or more, or remove the field.");
        }
    }

    private static IEnumerable<Problem> OfHostHeader(HostHeaderSpec? header, string field)
    {
        if (header is not null && (header.Type == HostHeaderType.Literal) != (header.Value is { Length: > 0 }))
        {
            yield return RouteProblems.Invalid(field, "value belongs to the type Literal, and to no other. Set both, or neither.");
        }
        else if (header?.Value is { } value && !HostName.IsExact(HostName.Normal(WithoutPort(value))) && !IPAddress.TryParse(WithoutPort(value), out _))
        {
            yield return RouteProblems.Invalid($"{field}.value", $"'{value}' is not a Host header. Write a DNS name, with a port if need be.");
        }
    }

    private static string WithoutPort(string host) => PortSuffix().Replace(host, "");

    [GeneratedRegex(@"\Asha256/[A-Za-z0-9+/]{43}=\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pin();

    [GeneratedRegex(@":[0-9]{1,5}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PortSuffix();
}
