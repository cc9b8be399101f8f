using System.Diagnostics.CodeAnalysis;
using System.Net;
using Portcullis.Contract;

namespace Portcullis.Operator.Hosting;

/// <summary>Values of options as people write them.</summary>
internal static class OptionText
{
    private const int LongestName = 63;
    private const int LongestObjectName = 253;

    /// <summary>Without a cluster a token is all that a gateway shows, so it never leaves the machine.</summary>
    public static bool TryParseLoopback(string text, [NotNullWhen(true)] out IPEndPoint? address)
    {
        address = null;
        var named = text.StartsWith("localhost:", StringComparison.Ordinal) ? $"127.0.0.1{text[9..]}" : text;

        if (!named.Contains(':', StringComparison.Ordinal) || !IPEndPoint.TryParse(named, out var parsed) || parsed.Port == 0 || !IPAddress.IsLoopback(parsed.Address))
        {
            return false;
        }

        address = parsed;
        return true;
    }

    /// <summary>A DNS label (RFC 1123), as names in Kubernetes are.</summary>
    public static bool TryParseName(string text, [NotNullWhen(true)] out string? name)
    {
        name = text;
        return text.Length is > 0 and <= LongestName
            && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
            && text[0] != '-' && text[^1] != '-';
    }

    /// <summary>A DNS subdomain (RFC 1123): labels with dots between them.</summary>
    public static bool TryParseObjectName(string text, [NotNullWhen(true)] out string? name)
    {
        name = text;
        return text.Length <= LongestObjectName && text.Split('.').All(label => TryParseName(label, out _));
    }

    public static bool TryParseWord(string text, [NotNullWhen(true)] out string? word)
    {
        word = text;
        return text.Length is > 0 and <= LongestObjectName && !text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter));
    }

    /// <summary>Where to listen; <c>[::]</c> is every address of both kinds.</summary>
    public static bool TryParseEndpoint(string text, [NotNullWhen(true)] out IPEndPoint? address)
    {
        address = IPEndPoint.TryParse(text, out var parsed) && parsed.Port > 0 && text.EndsWith($":{parsed.Port}", StringComparison.Ordinal) ? parsed : null;
        return address is not null;
    }

    /// <summary>As the gateway will read it.</summary>
    public static bool TryParseForbidden(string text, [NotNullWhen(true)] out string? endpoint)
    {
        endpoint = TryParseEndpoint(text, out var address) ? address.ToString() : null;
        return endpoint is not null;
    }

    public static bool TryParseKey(string text, out ResourceKey? key)
    {
        key = text.Split('/') is [var ns, var name] && TryParseName(ns, out _) && name.Split('.').All(label => TryParseName(label, out _)) ? new ResourceKey(ns, name) : null;
        return key is not null;
    }

    public static bool TryParseOutputFormat(string text, out OutputFormat format)
    {
        format = text == "json" ? OutputFormat.Json : OutputFormat.Yaml;
        return text is "json" or "yaml";
    }
}
