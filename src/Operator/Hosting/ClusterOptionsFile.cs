using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Stores.Kubernetes;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Hosting;

/// <summary>Reads the file that the chart fills. Nothing in it is guessed: a key that is wrong, missing or unknown keeps the operator from starting.</summary>
internal static class ClusterOptionsFile
{
    private const string GatewayExample = "{name: default, namespace: portcullis-system, serviceAccount: portcullis-gateway, service: portcullis-gateway, shards: [portcullis-gateway-trust-0]}";
    private const string AuthorityExample = "{secret: portcullis-operator-authority, configMap: portcullis-operator-ca}";
    private const string ANamespace = "the name of a namespace";
    private const string AnAddress = "an address with a port";

    /// <summary>Null when there are problems.</summary>
    public static (ClusterOptions? Options, ImmutableArray<string> Problems) Read(string text)
    {
        var problems = new List<string>();

        try
        {
            var options = Read(Root(text, problems), problems);
            return (problems.Count == 0 ? options : null, [.. problems]);
        }
        catch (ManifestSyntaxException broken)
        {
            return (null, [broken.Line is { } line ? $"Line {line}: {broken.Message}" : broken.Message]);
        }
    }

    private static OptionsNode Root(string text, List<string> problems)
    {
        var documents = YamlDocuments.Read(text);

        if (documents is not [{ Root: JsonObject root }])
        {
            problems.Add("The file must be one mapping of options, such as namespace: portcullis-system.");
            return new OptionsNode(null, FieldPath.Root, []);
        }

        return new OptionsNode(root, FieldPath.Root, problems);
    }

    private static ClusterOptions Read(OptionsNode root, List<string> problems)
    {
        var authority = root.Mapping("authority", AuthorityExample);
        var options = new ClusterOptions
        {
            Namespace = root.Required<string>("namespace", ANamespace, "portcullis-system", OptionText.TryParseName),
            Service = root.Required<string>("service", "the name of a Service", "portcullis-operator", OptionText.TryParseName),
            Lease = root.Required<string>("lease", "the name of a Lease", "portcullis-operator", OptionText.TryParseObjectName),
            AuthoritySecret = authority.Required<string>("secret", "the name of a Secret", "portcullis-operator-authority", OptionText.TryParseObjectName),
            AuthorityConfigMap = authority.Required<string>("configMap", "the name of a ConfigMap", "portcullis-operator-ca", OptionText.TryParseObjectName),
            SessionSecret = root.Required<string>("sessionSecret", "the name of a Secret", "portcullis-operator-sessions", OptionText.TryParseObjectName),
            Listen = root.Required<IPEndPoint>("listen", AnAddress, "\"[::]:9443\"", OptionText.TryParseEndpoint),
            Health = root.Required<IPEndPoint>("health", AnAddress, "\"[::]:8082\"", OptionText.TryParseEndpoint),
            Audience = root.Required<string>("audience", "the audience of gateways' tokens", "portcullis-operator", OptionText.TryParseWord),
            SecretReader = root.Optional<string>("secretReader", "the name of a ClusterRole", ClusterWatchOptions.UsualSecretReader, OptionText.TryParseObjectName)
                ?? ClusterWatchOptions.UsualSecretReader,
            WatchNamespaces = root.List<string>("watchNamespaces", ANamespace, "shop", OptionText.TryParseName),
            TouchPods = root.Flag("touchPods", true),
            Gateways = [.. root.Mappings("gateways", GatewayExample).Select(Gateway)],
            Domains = [.. root.Mappings("domains", "{domain: example.com, namespaces: [shop]}").Select(node => Domain(node, problems))],
            ForbiddenEndpoints = root.List<string>("forbiddenEndpoints", "ip:port", "192.0.2.7:443", OptionText.TryParseForbidden),
        };

        authority.Finish();
        root.Finish();
        problems.AddRange(Together(options, alone: problems.Count == 0));
        return options;
    }

    private static DeclaredGateway Gateway(OptionsNode node)
    {
        var certificate = node.OptionalMapping("defaultCertificate", "{namespace: portcullis-system, name: front}");
        var gateway = new DeclaredGateway
        {
            Name = node.Required<string>("name", "the name of a gateway", "default", OptionText.TryParseName),
            Namespace = node.Required<string>("namespace", ANamespace, "portcullis-system", OptionText.TryParseName),
            ServiceAccount = node.Required<string>("serviceAccount", "the name of a ServiceAccount", "portcullis-gateway", OptionText.TryParseObjectName),
            Service = node.Required<string>("service", "the name of a Service", "portcullis-gateway", OptionText.TryParseName),
            Shards = node.List<string>("shards", "the name of a ConfigMap", "portcullis-gateway-trust-0", OptionText.TryParseObjectName),
            RouteNamespaces = node.List<string>("routeNamespaces", ANamespace, "shop", OptionText.TryParseName),
            DefaultCertificate = certificate is null ? null : new ResourceKey(
                certificate.Required<string>("namespace", ANamespace, "portcullis-system", OptionText.TryParseName),
                certificate.Required<string>("name", "the name of a Secret", "front", OptionText.TryParseObjectName)),
        };

        certificate?.Finish();
        node.Finish();
        return gateway;
    }

    private static DomainClaim Domain(OptionsNode node, List<string> problems)
    {
        var claim = new DomainClaim(
            node.Required<string>("domain", "a domain in lower case", "example.com", OptionText.TryParseObjectName),
            node.List<string>("namespaces", ANamespace, "shop", OptionText.TryParseName));
        node.Finish();

        if (claim.Namespaces.IsEmpty)
        {
            problems.Add($"domains: '{claim.Domain}' names no namespace that may claim it, such as namespaces: [shop].");
        }

        return claim;
    }

    /// <summary>What only shows when values are seen together.</summary>
    private static IEnumerable<string> Together(ClusterOptions options, bool alone)
    {
        if (!alone)
        {
            yield break;
        }

        if (options.Health.Port == options.Listen.Port)
        {
            yield return $"health must have another port than listen, such as \"[::]:8082\"; both are {options.Listen.Port}.";
        }

        if (options.Gateways.IsEmpty)
        {
            yield return $"gateways must declare at least one, such as [{GatewayExample}].";
        }

        foreach (var gateway in options.Gateways.Where(gateway => gateway.Shards.IsEmpty))
        {
            yield return $"gateways: '{gateway.Name}' has no shards; name the ConfigMaps that its pods mount, such as shards: [portcullis-gateway-trust-0].";
        }

        foreach (var twice in options.Gateways.GroupBy(gateway => gateway.Name).Where(same => same.Count() > 1))
        {
            yield return $"gateways: '{twice.Key}' is declared {twice.Count()} times; give each its own name, such as internal.";
        }

        foreach (var twice in options.Gateways.SelectMany(gateway => gateway.Shards.Select(shard => (gateway.Namespace, shard))).GroupBy(shard => shard).Where(same => same.Count() > 1))
        {
            yield return $"gateways: the ConfigMap {twice.Key.Namespace}/{twice.Key.shard} is named {twice.Count()} times as a shard; each belongs to one gateway, once.";
        }
    }
}
