using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Translation.Routes;

namespace Portcullis.Operator.Translation.Gateways;

/// <summary>
/// Where no backend address may lead, by address and port (P10): the API server, the operator and the gateways themselves, wherever they are at the moment, besides
/// what the options name. Gateways refuse a list with a malformed entry whole, so what is not an address is left out here.
/// </summary>
internal static class ForbiddenEndpoints
{
    private static readonly ResourceKey ApiServer = new("default", "kubernetes");

    public static ImmutableArray<string> Of(TranslationOptions options, References references)
    {
        var services = new[] { ApiServer }
            .Concat(options.OperatorService is { } own ? [own] : Enumerable.Empty<ResourceKey>())
            .Concat(options.Gateways.Where(gateway => gateway.Service.Length > 0).Select(gateway => new ResourceKey(gateway.Namespace, gateway.Service)));
        var found = services.Distinct().SelectMany(service => OfService(service, references)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

        return [.. options.ForbiddenEndpoints.Concat(found).Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> OfService(ResourceKey key, References references) =>
        references.Slices[key].SelectMany(OfSlice)
            .Concat(references.Services.TryGetValue(key, out var service) ? OfClusterAddresses(service) : [])
            .OfType<string>();

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
