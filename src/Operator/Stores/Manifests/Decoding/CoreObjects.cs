using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.Operator.Stores.Manifests.Validation;

namespace Portcullis.Operator.Stores.Manifests.Decoding;

/// <summary>What the API server fills in and refuses of Kubernetes' own kinds, as far as routes and bundles depend on it.</summary>
internal static partial class CoreObjects
{
    private const int LargestContent = 1024 * 1024;
    private const int LongestKey = 253;
    private const string TlsType = "kubernetes.io/tls";

    public static Func<IKubernetesObject<V1ObjectMeta>, ImmutableArray<FieldProblem>> Complete<T>(Func<T, IEnumerable<FieldProblem>> complete)
        where T : IKubernetesObject<V1ObjectMeta> => resource => [.. complete((T)resource)];

    public static IEnumerable<FieldProblem> CompleteConfigMap(V1ConfigMap map)
    {
        var text = map.Data ?? new Dictionary<string, string>();
        var binary = map.BinaryData ?? new Dictionary<string, byte[]>();
        var size = text.Sum(entry => Encoding.UTF8.GetByteCount(entry.Value ?? "")) + binary.Sum(entry => (entry.Value ?? []).Length);

        return
        [
            .. Keys(text.Keys, "data"),
            .. Keys(binary.Keys, "binaryData"),
            .. Absent(text, "data"),
            .. Absent(binary, "binaryData"),
            .. text.Keys.Intersect(binary.Keys).Select(key => new FieldProblem(FieldPath.Field("binaryData", key), "is in data too. A key may be in one of them.")),
            .. TooLarge(size, "data"),
        ];
    }

    public static IEnumerable<FieldProblem> CompleteSecret(V1Secret secret)
    {
        var content = new Dictionary<string, byte[]>(secret.Data ?? new Dictionary<string, byte[]>(), StringComparer.Ordinal);

        foreach (var (key, value) in secret.StringData ?? new Dictionary<string, string>())
        {
            content[key] = Encoding.UTF8.GetBytes(value ?? "");
        }

        secret.Data = content;
        secret.StringData = null;
        secret.Type ??= "Opaque";

        string[] expected = secret.Type == TlsType ? ["tls.crt", "tls.key"] : [];

        return
        [
            .. Keys(content.Keys, "data"),
            .. Absent(content, "data"),
            .. expected.Except(content.Keys).Select(key => new FieldProblem(FieldPath.Field("data", key), $"is required in a Secret of type {TlsType}.")),
            .. TooLarge(content.Values.Sum(value => (value ?? []).Length), "data"),
        ];
    }

    public static IEnumerable<FieldProblem> CompleteService(V1Service service)
    {
        if (service.Spec is null)
        {
            return [new FieldProblem("spec", "is required.")];
        }

        service.Spec.Type ??= "ClusterIP";

        foreach (var port in service.Spec.Ports ?? [])
        {
            port.Protocol ??= "TCP";
            port.TargetPort ??= port.Port;
        }

        return (service.Spec.Ports ?? []).SelectMany((port, index) => Port(port.Port, $"spec.ports[{index}].port"));
    }

    public static IEnumerable<FieldProblem> CompleteEndpointSlice(V1EndpointSlice slice)
    {
        slice.Endpoints ??= [];

        foreach (var port in slice.Ports ?? [])
        {
            port.Name ??= "";
            port.Protocol ??= "TCP";
        }

        return
        [
            .. AddressType(slice.AddressType),
            .. slice.Endpoints.SelectMany((endpoint, index) => Addresses(endpoint, slice.AddressType, $"endpoints[{index}].addresses")),
            .. (slice.Ports ?? []).SelectMany((port, index) => Port(port.Port ?? 0, $"ports[{index}].port")),
        ];
    }

    public static IEnumerable<FieldProblem> CompleteReferenceGrant(ReferenceGrant grant) =>
    [
        .. grant.Spec.From.IsEmpty ? [new FieldProblem("spec.from", "must have at least 1 entry: who may refer.")] : Array.Empty<FieldProblem>(),
        .. grant.Spec.To.IsEmpty ? [new FieldProblem("spec.to", "must have at least 1 entry: what may be referred to.")] : Array.Empty<FieldProblem>(),
    ];

    private static IEnumerable<FieldProblem> AddressType(string? type) =>
        type is "IPv4" or "IPv6" or "FQDN" ? [] : [new FieldProblem("addressType", "is required: IPv4, IPv6 or FQDN.")];

    private static IEnumerable<FieldProblem> Addresses(V1Endpoint endpoint, string? type, string path) => endpoint.Addresses switch
    {
        null or { Count: 0 } => [new FieldProblem(path, "must have at least 1 entry.")],
        { } addresses => addresses
            .Select((address, index) => (Text: address, Path: FieldPath.Item(path, index)))
            .Where(address => !IsOf(type, address.Text))
            .Select(address => new FieldProblem(address.Path, $"must be an {type} address.")),
    };

    private static bool IsOf(string? type, string address) => type switch
    {
        "IPv4" => IpLiteral.IsIp(address) && !address.Contains(':', StringComparison.Ordinal),
        "IPv6" => IpLiteral.IsIp(address) && address.Contains(':', StringComparison.Ordinal),
        _ => true,
    };

    private static IEnumerable<FieldProblem> Port(int port, string path) =>
        port is >= 1 and <= 65535 ? [] : [new FieldProblem(path, $"must be from 1 to 65535, not {port}.")];

    private static IEnumerable<FieldProblem> Keys(IEnumerable<string> keys, string field) => keys
        .Where(key => key.Length > LongestKey || key is "." or ".." || !Key().IsMatch(key))
        .Select(key => new FieldProblem(FieldPath.Field(field, key), "is no key: it must be letters, digits, '-', '_' and '.', at most 253 of them."));

    private static IEnumerable<FieldProblem> Absent<T>(IEnumerable<KeyValuePair<string, T>> entries, string field) => entries
        .Where(entry => entry.Value is null)
        .Select(entry => new FieldProblem(FieldPath.Field(field, entry.Key), "has no value. Give it one, or remove it."));

    private static IEnumerable<FieldProblem> TooLarge(int size, string field) =>
        size <= LargestContent ? [] : [new FieldProblem(field, $"has {size} bytes; at most {LargestContent} are allowed.")];

    [GeneratedRegex(@"\A[-._a-zA-Z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
