using YamlDotNet.RepresentationModel;

namespace Portcullis.Demo.Running;

/// <summary>The status files that the operator writes, as a person would read them.</summary>
internal sealed class StatusFiles(string folder)
{
    private const string Verified = "BackendsVerified";

    /// <summary>What is said of a route's backends, as soon as one was seen.</summary>
    public async Task<string> BackendsAsync(string route, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Find(route) is { } condition && condition.Status != "Unknown")
            {
                return condition.Message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
        }
    }

    private (string Status, string Message)? Find(string route) => Documents()
        .Where(document => Text(document, "kind") == "BackendRoute" && Text(Child(document, "metadata"), "name") == route)
        .SelectMany(document => Items(Child(document, "status"), "conditions"))
        .Where(condition => Text(condition, "type") == Verified)
        .Select(condition => ((string, string)?)(Text(condition, "status"), Text(condition, "message")))
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
