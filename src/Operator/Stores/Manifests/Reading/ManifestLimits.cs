namespace Portcullis.Operator.Stores.Manifests.Reading;

/// <summary>What one manifest file may ask of us: nesting costs stack, and aliases can make a small file a huge document.</summary>
internal static class ManifestLimits
{
    public const int Depth = 64;

    /// <summary>Values that aliases may bring; those that are written out are limited by the size of the file.</summary>
    public const int AliasedValues = 100_000;
}
