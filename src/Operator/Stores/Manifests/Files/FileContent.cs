using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Portcullis.Operator.Stores.Manifests.Decoding;
using Portcullis.Operator.Stores.Manifests.Reading;

namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>Content of a manifest file → documents → objects.</summary>
internal static class FileContent
{
    public const int MostBytes = 8 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads one byte more than is allowed at most, so that a file that grows meanwhile is noticed.</summary>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous });
        var content = new ArrayBufferWriter<byte>();

        while (content.WrittenCount <= MostBytes)
        {
            var read = await stream.ReadAsync(content.GetMemory(16 * 1024), cancellationToken).ConfigureAwait(false);

            if (read == 0)
            {
                break;
            }

            content.Advance(read);
        }

        return content.WrittenSpan.ToArray();
    }

    public static FileReading Parse(string file, byte[] content)
    {
        if (content.Length > MostBytes)
        {
            return TooLarge(content.Length);
        }

        try
        {
            var text = Strict.GetString(content).TrimStart('\uFEFF');

            // Writing a file often begins with emptying it, and the rest may take its time.
            return string.IsNullOrWhiteSpace(text) ? Empty() : new FileReading.Read([.. Documents(file, text).SelectMany(ManifestDecoder.Decode)]);
        }
        catch (DecoderFallbackException)
        {
            return new FileReading.Broken(Line: null, "is not UTF-8 text. Save it as UTF-8.");
        }
        catch (ManifestSyntaxException broken)
        {
            return new FileReading.Broken(broken.Line, broken.Message);
        }
    }

    public static FileReading TooLarge(long length) =>
        new FileReading.Broken(Line: null, $"has {length} bytes or more; at most {MostBytes} are read. Split it.");

    public static FileReading Empty() =>
        new FileReading.Broken(Line: null, "is empty. What was read from it before still holds; delete the file to remove its objects.");

    private static ImmutableArray<ManifestDocument> Documents(string file, string text) =>
        file.EndsWith(".json", StringComparison.Ordinal) ? JsonDocuments.Read(text) : YamlDocuments.Read(text);
}
