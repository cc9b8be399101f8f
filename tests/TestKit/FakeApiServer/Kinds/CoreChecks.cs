using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>What the server refuses in core kinds.</summary>
internal static partial class CoreChecks
{
    private const int MostBytes = 1024 * 1024;

    public static IEnumerable<FieldFault> OfConfigMap(JsonObject map, JsonObject? before) =>
    [
        .. Keys(map, "data"),
        .. Keys(map, "binaryData"),
        .. Size(map, ""),
        .. Immutability(map, before, "data", "binaryData"),
    ];

    public static IEnumerable<FieldFault> OfSecret(JsonObject secret, JsonObject? before)
    {
        foreach (var fault in (FieldFault[])[.. Keys(secret, "data"), .. Size(secret, "data"), .. Immutability(secret, before, "data")])
        {
            yield return fault;
        }

        if (before is not null && before.Text("type") != secret.Text("type"))
        {
            yield return FieldFault.Invalid("type", $"\"{secret.Text("type")}\"", "field is immutable");
        }

        if (secret.Text("type") == "kubernetes.io/tls")
        {
            foreach (var key in new[] { "tls.crt", "tls.key" }.Where(key => secret.At("data", key) is null))
            {
                yield return FieldFault.Required($"data[{key}]");
            }
        }
    }

    public static IEnumerable<FieldFault> OfService(JsonObject service, JsonObject? before)
    {
        var ports = service.Items("spec", "ports").ToArray();

        if (ports.Length == 0 && service.Text("spec", "type") != "ExternalName" && service.Text("spec", "clusterIP") != "None")
        {
            yield return FieldFault.Required("spec.ports");
        }

        for (var index = 0; index < ports.Length; index++)
        {
            if (ports[index].Number("port") is not (>= 1 and <= 65535))
            {
                yield return FieldFault.Invalid($"spec.ports[{index}].port", ports[index].At("port")?.ToJsonString() ?? "0", "must be between 1 and 65535, inclusive");
            }

            if (ports.Length > 1 && ports[index].Text("name").Length == 0)
            {
                yield return FieldFault.Required($"spec.ports[{index}].name");
            }
        }

        if (before is not null && before.Text("spec", "clusterIP") is { Length: > 0 } had && service.Text("spec", "clusterIP") != had)
        {
            yield return FieldFault.Invalid("spec.clusterIPs[0]", $"\"{service.Text("spec", "clusterIP")}\"", "may not change once set");
        }
    }

    public static IEnumerable<FieldFault> OfPod(JsonObject pod, JsonObject? before)
    {
        if (!pod.Items("spec", "containers").Any())
        {
            yield return FieldFault.Required("spec.containers");
        }
    }

    public static IEnumerable<FieldFault> OfEndpointSlice(JsonObject slice, JsonObject? before)
    {
        var type = slice.Text("addressType");

        if (type.Length == 0)
        {
            yield return FieldFault.Required("addressType");
        }
        else if (type is not ("IPv4" or "IPv6" or "FQDN"))
        {
            yield return FieldFault.Unsupported("addressType", type, "FQDN", "IPv4", "IPv6");
        }

        if (before is not null && before.Text("addressType") != type)
        {
            yield return FieldFault.Invalid("addressType", $"\"{type}\"", "field is immutable");
        }

        foreach (var (endpoint, index) in slice.Items("endpoints").Select((endpoint, index) => (endpoint, index)))
        {
            if (!endpoint.Items("addresses").Any())
            {
                yield return FieldFault.Required($"endpoints[{index}].addresses", "must contain at least 1 address");
            }
        }
    }

    public static IEnumerable<FieldFault> OfLease(JsonObject lease, JsonObject? before)
    {
        if (lease.Number("spec", "leaseDurationSeconds") is <= 0 and { } duration)
        {
            yield return FieldFault.Invalid("spec.leaseDurationSeconds", $"{duration}", "must be greater than 0");
        }

        if (lease.Number("spec", "leaseTransitions") is < 0 and { } transitions)
        {
            yield return FieldFault.Invalid("spec.leaseTransitions", $"{transitions}", "must be greater than or equal to 0");
        }
    }

    private static IEnumerable<FieldFault> Keys(JsonObject map, string field) =>
        from key in (map[field] as JsonObject ?? []).Select(entry => entry.Key)
        where !ValidKey().IsMatch(key) || key is "." or ".."
        select FieldFault.Invalid($"{field}[{key}]", $"\"{key}\"", "a valid config key must consist of alphanumeric characters, '-', '_' or '.'");

    private static IEnumerable<FieldFault> Size(JsonObject map, string field)
    {
        var size = new[] { "data", "binaryData" }
            .SelectMany(part => map[part] as JsonObject ?? [])
            .Sum(entry => map.Text("kind") == "Secret" ? entry.Value.Text().Length / 4 * 3 : Encoding.UTF8.GetByteCount(entry.Value.Text()));

        return size > MostBytes ? [new FieldFault(field, "FieldValueTooLong", $"Too long: may not be more than {MostBytes} bytes")] : [];
    }

    private static IEnumerable<FieldFault> Immutability(JsonObject map, JsonObject? before, params string[] fields)
    {
        if (before is null || !before.Flag("immutable"))
        {
            return [];
        }

        return fields.Where(field => !JsonNode.DeepEquals(before[field], map[field])).Append("immutable").Where(field => field != "immutable" || !map.Flag("immutable"))
            .Select(field => FieldFault.Forbidden(field, "field is immutable when `immutable` is set"));
    }

    [GeneratedRegex(@"\A[-._a-zA-Z0-9]{1,253}\z")]
    private static partial Regex ValidKey();
}
