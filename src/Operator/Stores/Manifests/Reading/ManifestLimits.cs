namespace Portcullis.Operator.Stores.Manifests.Reading;

/// <summary>What one manifest file may ask of us: aliases can make a small file a huge document.</summary>
internal static class ManifestLimits
{
    public const int Depth = 64;

    public const int Nodes = 1_000_000;
}
