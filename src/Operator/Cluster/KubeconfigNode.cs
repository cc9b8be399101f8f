using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Portcullis.Operator.Cluster;

/// <summary>A mapping in a kubeconfig that knows where it is.</summary>
internal sealed class KubeconfigNode
{
    private readonly YamlMappingNode fields;
    private readonly string path;

    private KubeconfigNode(string source, string path, YamlMappingNode fields) => (Source, this.path, this.fields) = (source, path, fields);

    /// <summary>The file.</summary>
    public string Source { get; }

    public static KubeconfigNode Empty(string source) => new(source, "", new YamlMappingNode());

    /// <exception cref="InvalidDataException">It is no YAML, or no mapping.</exception>
    public static KubeconfigNode Parse(string source, string text)
    {
        var yaml = new YamlStream();

        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException malformed)
        {
            throw new InvalidDataException($"{source}:{malformed.Start.Line}: is not YAML.", malformed);
        }

        return yaml.Documents is [{ RootNode: YamlMappingNode root }] ? new KubeconfigNode(source, "", root) : throw new InvalidDataException($"{source} is no kubeconfig: it must hold one mapping.");
    }

    /// <summary>An entry of one of the lists whose entries are a name and a mapping under <paramref name="key"/>.</summary>
    public KubeconfigNode Named(string list, string name, string key)
    {
        var entries = Value(list) is YamlSequenceNode sequence ? sequence.OfType<YamlMappingNode>() : [];
        var entry = entries.FirstOrDefault(entry => TextOf(entry, "name") == name)
            ?? throw Wrong(list, $"has no entry with the name '{name}'.");

        return new KubeconfigNode(Source, $"{list}[{name}].{key}", entry.Children.TryGetValue(new YamlScalarNode(key), out var found) && found is YamlMappingNode mapping ? mapping : new YamlMappingNode());
    }

    /// <summary>Null when it is not set.</summary>
    public string? Text(string key) => TextOf(fields, key) is { Length: > 0 } text ? text : null;

    /// <summary>A path is relative to the kubeconfig. Null when it is not set.</summary>
    public string? File(string key) => Text(key) is { } file ? Path.GetFullPath(file, Path.GetDirectoryName(Path.GetFullPath(Source)) ?? "/") : null;

    /// <summary>False also for what is written and says nothing.</summary>
    public bool Has(string key) => Value(key) is { } value && value is not YamlScalarNode { Value: null or "" or "false" or "null" or "~" };

    public InvalidDataException Wrong(string key, string why) => new($"{Source}: {(path.Length == 0 ? "" : path + ".")}{key} {why}");

    private YamlNode? Value(string key) => fields.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static string? TextOf(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) && value is YamlScalarNode { Value: var text } ? text : null;
}
