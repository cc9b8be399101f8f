namespace Portcullis.Operator.Cluster;

/// <summary>What a body is, as the API server tells kinds of patches apart.</summary>
internal static class ApiContentType
{
    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";
}
