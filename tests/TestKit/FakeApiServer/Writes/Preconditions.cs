using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>What must hold before a write, in the words of a real server.</summary>
internal static partial class Preconditions
{
    public static string StorageUid(string asked, string found) =>
        $"StorageError: invalid object, Code: 4, Key: , ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {asked}, UID in object meta: {found}";

    /// <summary>Labels and annotations have a form in every kind.</summary>
    public static IEnumerable<FieldFault> OfMetadata(JsonObject content)
    {
        foreach (var (key, value) in content.At("metadata", "labels") as JsonObject ?? [])
        {
            if (!QualifiedName().IsMatch(key) || !LabelValue().IsMatch(value.Text()))
            {
                yield return FieldFault.Invalid("metadata.labels", $"\"{key}: {value.Text()}\"", "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character");
            }
        }

        foreach (var key in (content.At("metadata", "annotations") as JsonObject ?? []).Select(annotation => annotation.Key).Where(key => !QualifiedName().IsMatch(key)))
        {
            yield return FieldFault.Invalid("metadata.annotations", $"\"{key}\"", "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character");
        }
    }

    [GeneratedRegex(@"\A([a-zA-Z0-9]([-a-zA-Z0-9.]{0,251}[a-zA-Z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"\A([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\z")]
    private static partial Regex LabelValue();
}
