using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>A Service's addresses that serve, as its EndpointSlices have them.</summary>
internal static class ServiceEndpoints
{
    /// <summary>Empty with a problem when the Service cannot be used; empty without one when nothing serves.</summary>
    public static ImmutableArray<(string Host, int Port, bool IsLeaving)> Find(
        ServiceRef reference, string ns, LeavingEndpoints leaving, string field, References references, List<Problem> problems)
    {
        var key = KeyOf(reference, ns);

        if (references.Forbids(ns, "", "Service", key, field) is { } forbidden)
        {
            problems.Add(forbidden);
            return [];
        }

        if (!references.Services.TryGetValue(key, out var service))
        {
            problems.Add(references.FaultOf("Service", key) is { } fault
                ? ReadFaults.Of(fault, $"{field}.name", "Service", key)
                : RouteProblems.ServiceNotFound($"{field}.name", key));
            return [];
        }

        if (service.Spec?.Type == "ExternalName")
        {
            problems.Add(RouteProblems.ExternalName(field, key));
            return [];
        }

        var ports = (service.Spec?.Ports ?? []).Where(port => IsTcp(port.Protocol)).ToImmutableArray();

        if (ports.FirstOrDefault(port => port.Port == reference.Port) is not { } declared)
        {
            problems.Add(RouteProblems.ServicePortNotFound($"{field}.port", key, reference.Port, ports.Select(port => port.Port).Order()));
            return [];
        }

        // A single slice that cannot be read takes its own endpoints along, and no others.
        if (references.FaultOf("EndpointSlice", key with { Name = "" }) is { } unread)
        {
            problems.Add(ReadFaults.Of(unread, field, "The EndpointSlices of Service", key));
            return [];
        }

        var slices = OfPrimaryFamily(references.Slices[key], service).ToImmutableArray();
        var ready = At(slices, declared.Name ?? "", IsReady);
        var ending = At(slices, declared.Name ?? "", IsLeaving).Except(ready).ToImmutableArray();

        // Kubernetes does the same: what ends serves on when nothing else does.
        return ready.IsEmpty
            ? [.. ending.Select(endpoint => (endpoint.Host, endpoint.Port, IsLeaving: false))]
            : [.. ready.Select(endpoint => (endpoint.Host, endpoint.Port, false)), .. leaving == LeavingEndpoints.AsWell ? ending.Select(endpoint => (endpoint.Host, endpoint.Port, true)) : []];
    }

    public static ResourceKey KeyOf(ServiceRef reference, string ns) => new(reference.Namespace ?? ns, reference.Name);

    /// <summary>A dual-stack Service has every pod twice, once a family; the first family is the one its owner prefers.</summary>
    private static IEnumerable<V1EndpointSlice> OfPrimaryFamily(IEnumerable<V1EndpointSlice> slices, V1Service service) =>
        service.Spec.IpFamilies is [{ } family, ..] ? slices.Where(slice => slice.AddressType == family) : slices.Where(slice => slice.AddressType != "FQDN");

    private static ImmutableArray<(string Host, int Port)> At(ImmutableArray<V1EndpointSlice> slices, string portName, Func<V1Endpoint, bool> serves) =>
    [
        .. slices
            .SelectMany(slice => (slice.Ports ?? [])
                .Where(port => (port.Name ?? "") == portName && port.Port is not null && IsTcp(port.Protocol))
                .SelectMany(port => (slice.Endpoints ?? []).Where(serves).SelectMany(Address).Select(address => (Host: address, Port: port.Port!.Value))))
            .Distinct()
            .OrderBy(endpoint => endpoint.Host, StringComparer.Ordinal)
            .ThenBy(endpoint => endpoint.Port),
    ];

    // Kubernetes: an absent value is unknown and should be read as ready.
    private static bool IsReady(V1Endpoint endpoint) => endpoint.Conditions?.Ready ?? true;

    private static bool IsLeaving(V1Endpoint endpoint) => endpoint.Conditions is { Serving: true, Terminating: true };

    /// <summary>All addresses of an endpoint lead to the same pod; the first one is enough.</summary>
    private static IEnumerable<string> Address(V1Endpoint endpoint) =>
        endpoint.Addresses is [{ } first, ..] && IPAddress.TryParse(first, out var address) ? [address.ToString()] : [];

    private static bool IsTcp(string? protocol) => protocol is null or "TCP";
}
