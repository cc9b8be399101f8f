namespace Portcullis.Operator.Stores.Manifests.Reading;

/// <summary>Which line each field of a document stands on.</summary>
internal sealed class LineMap
{
    private readonly Dictionary<string, int> lines = new(StringComparer.Ordinal);

    public void Add(string path, int line) => lines[path] = line;

    /// <summary>The line of the field or, when it is not there, of the nearest field around it.</summary>
    public int Of(string path)
    {
        var known = path;

        while (!lines.ContainsKey(known) && known.Length > 0)
        {
            known = known[..Math.Max(0, known.AsSpan().LastIndexOfAny('.', '['))];
        }

        return lines.GetValueOrDefault(known, 1);
    }

    /// <summary>The lines below one field, as if it were the root.</summary>
    public LineMap Below(string path)
    {
        var below = new LineMap();

        foreach (var (known, line) in lines)
        {
            if (known.StartsWith(path, StringComparison.Ordinal) && (known.Length == path.Length || known[path.Length] is '.' or '['))
            {
                below.Add(known[path.Length..].TrimStart('.'), line);
            }
        }

        return below;
    }
}
