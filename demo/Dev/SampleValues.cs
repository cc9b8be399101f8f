using System.Text.RegularExpressions;

namespace Portcullis.Demo.Dev;

/// <summary>What this run has in the place of what the samples publish: its root, and the pin of its pinned backend.</summary>
internal sealed partial class SampleValues(string rootPem, string pin)
{
    /// <summary>The published root stands out by its subject line, as <c>openssl x509</c> would print it above the block.</summary>
    private const string PublishedRoot = "# subject=CN=Sample Company Root";

    /// <summary>SHA-256 of nothing: no key has it.</summary>
    private const string PublishedPin = "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    public string InPlaceOfPublished(string manifest) => Block()
        .Replace(manifest, block => Indented(block.Groups["indent"].Value))
        .Replace(PublishedPin, pin, StringComparison.Ordinal);

    private string Indented(string indent) =>
        string.Join('\n', $"{PublishedRoot} (of this run)\n{rootPem}".Split('\n').Select(line => indent + line));

    [GeneratedRegex($@"^(?<indent> *){PublishedRoot}\n *-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();
}
