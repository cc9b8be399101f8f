using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation.Routes;

namespace Portcullis.Operator.Translation.Gateways;

/// <summary>
/// Where no backend address may lead, by address and port (P10): the API server, the operator and the gateways themselves, wherever they are at the moment, besides
/// what the options name. Gateways refuse a list with a malformed entry whole, so what is not an address is left out here.
/// </summary>
internal static class ForbiddenEndpoints
{
    /// <summary>The Service of the API server.</summary>
    public static ResourceKey ApiServer { get; } = new("default", "kubernetes");

    /// <summary>Whose addresses no backend may lead to; who watches them asks here too, so that none is forgotten on either side.</summary>
    /// <param name="operatorService">That gateways dial; null without a cluster.</param>
    /// <param name="gateways">Those without a Service have none.</param>
    public static IEnumerable<ResourceKey> OwnServices(ResourceKey? operatorService, IEnumerable<DeclaredGateway> gateways) => new[] { ApiServer }
        .Concat(operatorService is { } own ? [own] : Enumerable.Empty<ResourceKey>())
        .Concat(gateways.Where(gateway => gateway.Service.Length > 0).Select(gateway => new ResourceKey(gateway.Namespace, gateway.Service)))
        .Distinct();

    public static ImmutableArray<string> Of(TranslationOptions options, ResourceSnapshot snapshot, References references)
    {
        var found = OwnServices(options.OperatorService, options.Gateways).SelectMany(service => OfService(service, snapshot, references)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

        return [.. options.ForbiddenEndpoints.Concat(found).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A folder has them among what routes refer to. In a cluster both say the same, or one is newer: then neither is permitted.</summary>
    private static IEnumerable<string> OfService(ResourceKey key, ResourceSnapshot snapshot, References references)
    {
        var slices = snapshot.OwnSlices.Where(slice => SliceOwner.Of(slice.Key, slice.Value) == key).Select(slice => slice.Value);
        var services = new[] { snapshot.OwnServices, references.Services }.Select(all => all.GetValueOrDefault(key)).OfType<V1Service>();

        return references.Slices[key].Concat(slices).SelectMany(OfSlice).Concat(services.SelectMany(OfClusterAddresses)).OfType<string>();
    }

    private static IEnumerable<string?> OfClusterAddresses(V1Service service)
    {
        var addresses = (service.Spec?.ClusterIPs ?? []).Append(service.Spec?.ClusterIP);

        return addresses.SelectMany(address => (service.Spec?.Ports ?? []).Select(port => Text(address, port.Port)));
    }

    /// <summary>Every pod, ready or not: a listener is there before it is ready and while it ends.</summary>
    private static IEnumerable<string?> OfSlice(V1EndpointSlice slice) =>
        (slice.Endpoints ?? []).SelectMany(endpoint => endpoint.Addresses ?? []).SelectMany(address => (slice.Ports ?? []).Select(port => Text(address, port.Port)));

    /// <summary>Null for what is no address, such as the None of a headless Service.</summary>
    private static string? Text(string? address, int? port) =>
        IPAddress.TryParse(address, out var parsed) && port is > 0 and <= 65535 ? new IPEndPoint(parsed, port.Value).ToString() : null;
}
