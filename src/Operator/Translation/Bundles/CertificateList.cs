using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>
/// Reads a list of PEM certificates strictly (RFC 7468). The framework's own reader skips what it does not understand (a byte order mark, a foreign
/// label, a truncated last block), so that a bundle could silently lose an anchor; here every BEGIN line becomes a certificate or the text is refused.
/// </summary>
internal static class CertificateList
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";
    private const string Label = "CERTIFICATE";
    private const string Export = "Export the certificates as PEM (BEGIN CERTIFICATE) and try again.";
    private static readonly SearchValues<char> LabelAlphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ");
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool TryRead(ReadOnlySpan<byte> content, out ImmutableArray<BundleMember> members, [NotNullWhen(false)] out PemFault? fault)
    {
        members = [];
        fault = BinaryFault(content);

        return fault is null && TryRead(StrictUtf8.GetString(content), out members, out fault);
    }

    public static bool TryRead(string text, out ImmutableArray<BundleMember> members, [NotNullWhen(false)] out PemFault? fault)
    {
        members = [];
        fault = TextFault(text);

        return fault is null && TryReadBlocks(text, out members, out fault);
    }

    private static PemFault? BinaryFault(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith([(byte)0xFF, (byte)0xFE]) || content.StartsWith([(byte)0xFE, (byte)0xFF]))
        {
            return Invalid("is UTF-16 text (it starts with a byte order mark)", "Save it as UTF-8 without a byte order mark.");
        }

        if (content is [0x30, >= 0x80, ..])
        {
            return Invalid("is binary DER, not PEM", "Convert it: openssl x509 -inform DER -in FILE -out ca.crt.");
        }

        return IsUtf8(content) ? null : Invalid("is binary, not PEM text", Export);
    }

    private static PemFault? TextFault(string text)
    {
        // First of all, so that no other answer makes somebody paste the content into a ticket. Loose on purpose: a damaged frame still holds a key.
        if (text.Contains("PRIVATE KEY-", StringComparison.OrdinalIgnoreCase))
        {
            return new PemFault(
                ProblemReason.PrivateKeyInSource,
                "holds a private key",
                "Take the key out, and treat it as leaked to whoever may read the source; a TrustBundle needs CA certificates only.");
        }

        if (text.Contains('\uFEFF', StringComparison.Ordinal))
        {
            return Invalid("holds a byte order mark (BOM)", "Save it as UTF-8 without one.");
        }

        if (text.Contains(Begin, StringComparison.Ordinal))
        {
            return null;
        }

        var trimmed = text.AsSpan().Trim();
        return trimmed switch
        {
            [] => Invalid("is empty", "Put the CA certificates there as PEM; to trust nothing any more, delete the source's entry from the TrustBundle."),
            ['<', ..] => Invalid("is HTML or XML, not PEM: probably the page of a login or an error", "Download the certificate again and look at the file first."),
            _ when IsBase64(trimmed, out var decoded) && decoded.StartsWith("-----BEGIN"u8) => Invalid("is Base64 of PEM: it was encoded twice", "Decode it once: base64 -d FILE."),
            _ when IsBase64(trimmed, out var decoded) && decoded is [0x30, >= 0x80, ..] => Invalid(
                "is Base64 without BEGIN and END lines", "Put -----BEGIN CERTIFICATE----- before and -----END CERTIFICATE----- after it."),
            _ => Invalid("holds no certificate", Export),
        };
    }

    private static bool TryReadBlocks(string text, out ImmutableArray<BundleMember> members, [NotNullWhen(false)] out PemFault? fault)
    {
        var found = ImmutableArray.CreateBuilder<BundleMember>();
        var lines = text.Split('\n');
        var line = 0;
        members = [];
        fault = null;

        while (line < lines.Length && fault is null)
        {
            var content = lines[line].AsSpan().Trim(" \t\r");

            if (content.StartsWith(Begin, StringComparison.Ordinal))
            {
                fault = ReadBlock(lines, ref line, found);
            }
            else
            {
                fault = FaultBetweenBlocks(content, line);
                line++;
            }
        }

        if (fault is null)
        {
            members = found.ToImmutable();
        }

        return fault is null;
    }

    /// <summary>Leaves <paramref name="line"/> behind the block.</summary>
    private static PemFault? ReadBlock(string[] lines, ref int line, ImmutableArray<BundleMember>.Builder found)
    {
        var first = line + 1;
        var label = LabelOf(lines[line].AsSpan().Trim(" \t\r"), Begin);

        if (label is not Label)
        {
            return ForeignLabel(label, first);
        }

        var body = new StringBuilder();

        for (line++; line < lines.Length; line++)
        {
            var content = lines[line].AsSpan().Trim(" \t\r");

            if (content.StartsWith(End, StringComparison.Ordinal))
            {
                line++;
                return LabelOf(content, End) is Label
                    ? Parse(body.ToString(), first, found)
                    : Invalid($"has a certificate at line {first} that ends with another label at line {line}", Export);
            }

            if (content.Contains(Dashes, StringComparison.Ordinal))
            {
                break;
            }

            body.Append(content);
        }

        return Invalid($"has a certificate at line {first} without its END line: it is truncated", "Copy the file again, whole, and compare its size with the original.");
    }

    private static PemFault? Parse(string base64, int line, ImmutableArray<BundleMember>.Builder found)
    {
        var der = new byte[base64.Length];

        if (!Convert.TryFromBase64String(base64, der, out var length) || length == 0)
        {
            return Invalid($"has a certificate at line {line} that is not Base64", "Copy the file again, whole.");
        }

        if (!CertificateReading.TryRead(der.AsMemory(0, length), out var member))
        {
            return Invalid($"has a block at line {line} that is not an X.509 certificate", "Copy the certificate again, or ask its issuer for another copy.");
        }

        found.Add(member);
        return null;
    }

    /// <summary>Explanatory text is allowed between blocks (RFC 7468, 2), as long as it cannot be the rest of a damaged block.</summary>
    private static PemFault? FaultBetweenBlocks(ReadOnlySpan<char> content, int line)
    {
        if (content.Contains(Dashes + "END", StringComparison.Ordinal))
        {
            return Invalid($"has an END line at line {line + 1} without its BEGIN line", "Copy the file again, whole.");
        }

        // The first half of a frame line is what a copy that broke off leaves behind.
        var isBrokenOff = content.Length > 0 && Begin.StartsWith(content, StringComparison.Ordinal);

        if (isBrokenOff || content.Contains("-BEGIN", StringComparison.Ordinal) || content.Contains(Dashes, StringComparison.Ordinal))
        {
            return Invalid($"has a damaged BEGIN line at line {line + 1}", "Write -----BEGIN CERTIFICATE----- on a line of its own.");
        }

        return content.Length >= 40 && IsBase64(content, out _)
            ? Invalid($"has Base64 outside of any certificate at line {line + 1}", "Copy the file again, whole, with every BEGIN and END line.")
            : null;
    }

    private static PemFault ForeignLabel(string? label, int line) => label switch
    {
        null => Invalid($"has a damaged BEGIN line at line {line}", "Write -----BEGIN CERTIFICATE----- on a line of its own."),
        "TRUSTED CERTIFICATE" => Invalid(
            $"has a block 'TRUSTED CERTIFICATE' at line {line}, which only OpenSSL reads",
            "Convert it: openssl x509 -in FILE -out ca.crt."),
        _ => Invalid($"has a block '{label}' at line {line}, which is not a certificate", "Leave only CERTIFICATE blocks."),
    };

    /// <summary>Null when the line is not of the form BEGIN (or END), a label as RFC 7468 has it, dashes.</summary>
    private static string? LabelOf(ReadOnlySpan<char> line, string start)
    {
        if (line.Length < start.Length + Dashes.Length || !line.EndsWith(Dashes, StringComparison.Ordinal))
        {
            return null;
        }

        var label = line[start.Length..^Dashes.Length];

        // Short and of the alphabet of labels only: it is repeated in a message.
        return label.Length is > 0 and <= 40 && label.IndexOfAnyExcept(LabelAlphabet) < 0 ? label.ToString() : null;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> content)
    {
        try
        {
            StrictUtf8.GetCharCount(content);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool IsBase64(ReadOnlySpan<char> text, out ReadOnlySpan<byte> decoded)
    {
        var buffer = new byte[text.Length];
        var is64 = Convert.TryFromBase64Chars(text, buffer, out var length) && length > 0;

        decoded = buffer.AsSpan(0, length);
        return is64;
    }

    private static PemFault Invalid(string text, string remedy) => new(ProblemReason.InvalidPem, text, remedy);
}
