using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;

namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>The manifest problems as <c>problems.yaml</c>; no file, no problems.</summary>
internal sealed class ProblemFile(string folder)
{
    private readonly string path = Path.Combine(folder, "problems.yaml");

    public async Task WriteAsync(ImmutableArray<ManifestProblem> problems, CancellationToken cancellationToken)
    {
        AtomicFile.CreateFolder(folder);

        if (problems.IsEmpty)
        {
            File.Delete(path);
            return;
        }

        var content = new JsonObject { ["problems"] = new JsonArray([.. problems.Select(Document)]) };
        await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(YamlWriter.Write(content)), AtomicFile.ForEveryone, cancellationToken).ConfigureAwait(false);
    }

    private static JsonObject Document(ManifestProblem problem)
    {
        var document = new JsonObject { ["file"] = problem.File };

        if (problem.Line is { } line)
        {
            document["line"] = line;
        }

        if (problem.Object is { } known)
        {
            document["object"] = known.ToString();
        }

        if (problem.Field is { } field)
        {
            document["field"] = field;
        }

        document["message"] = problem.Message;
        return document;
    }
}
