using YamlDotNet.RepresentationModel;

namespace Portcullis.Demo.Running;

/// <summary>The status files that the operator writes, as a person would read them.</summary>
internal sealed class StatusFiles(string folder)
{
    /// <summary>What is said of the endpoint of a route, as soon as it was seen.</summary>
    public async Task<string> ObservationAsync(string route, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Find(route) is { } message)
            {
                return message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
        }
    }

    private string? Find(string route) => Documents()
        .Where(document => Text(document, "kind") == "BackendRoute" && Text(Child(document, "metadata"), "name") == route)
        .SelectMany(document => Items(Child(document, "status"), "backends"))
        .SelectMany(backend => Items(backend, "observations"))
        .Select(observation => Text(observation, "message"))
        .FirstOrDefault();

    private IEnumerable<YamlMappingNode> Documents()
    {
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories) : [])
        {
            var stream = new YamlStream();
            using var reader = new StreamReader(path);
            stream.Load(reader);
            foreach (var document in stream.Documents)
            {
                if (document.RootNode is YamlMappingNode root)
                {
                    yield return root;
                }
            }
        }
    }

    private static YamlMappingNode? Child(YamlMappingNode? node, string key) => Value(node, key) as YamlMappingNode;

    private static string Text(YamlMappingNode? node, string key) => (Value(node, key) as YamlScalarNode)?.Value ?? "";

    private static IEnumerable<YamlMappingNode> Items(YamlMappingNode? node, string key) =>
        (Value(node, key) as YamlSequenceNode)?.OfType<YamlMappingNode>() ?? [];

    private static YamlNode? Value(YamlMappingNode? node, string key) =>
        node is not null && node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
}
