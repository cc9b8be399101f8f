using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Portcullis.Operator.Stores.Manifests.Reading;

/// <summary>
/// What a scalar means to kubectl, which reads YAML 1.1: an unquoted <c>on</c> is a boolean and an unquoted <c>1.2</c> a number. Reading it as the
/// text that was meant would let a folder accept what a cluster refuses.
/// </summary>
internal static partial class YamlScalar
{
    private const string TextTag = "tag:yaml.org,2002:str";

    public static JsonNode? ToJson(Scalar scalar) =>
        scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value is TextTag or "!")
            ? JsonValue.Create(scalar.Value)
            : ToJson(scalar.Value);

    /// <summary>True when the text can stand without quotes and still be read as this text.</summary>
    public static bool ReadsAsText(string text) => ToJson(text) is JsonValue value && value.TryGetValue<string>(out _);

    private static JsonValue? ToJson(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => JsonValue.Create(true),
        "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => JsonValue.Create(false),
        _ => Number(plain) ?? JsonValue.Create(plain),
    };

    private static JsonValue? Number(string plain)
    {
        var text = plain.Replace("_", "", StringComparison.Ordinal);

        if (Decimal().IsMatch(text))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? JsonValue.Create(whole)
                : JsonNumber.Create(double.Parse(text, CultureInfo.InvariantCulture));
        }

        return Based().Match(text) is { Success: true } based && FromBase(based) is { } number ? number
            : Fraction().IsMatch(text) ? JsonNumber.Create(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture))
            : null;
    }

    private static JsonValue? FromBase(Match based)
    {
        var digits = based.Groups["digits"].Value;
        var radix = based.Groups["prefix"].Value switch { "0x" => 16, "0b" => 2, _ => 8 };

        try
        {
            var magnitude = Convert.ToInt64(digits, radix);
            return JsonValue.Create(based.Groups["sign"].Value == "-" ? -magnitude : magnitude);
        }
        catch (Exception notInThisBase) when (notInThisBase is FormatException or OverflowException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\A[-+]?(0|[1-9][0-9]*)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Decimal();

    [GeneratedRegex(@"\A(?<sign>[-+]?)(?<prefix>0x|0b|0o|0)(?<digits>[0-9a-fA-F]+)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Based();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Fraction();
}
