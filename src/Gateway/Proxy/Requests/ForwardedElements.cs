using Microsoft.Extensions.Primitives;

namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>Reads the header field Forwarded (RFC 7239).</summary>
internal static class ForwardedElements
{
    /// <summary>The elements in the order of the field, outermost first; those after one that cannot be read are all there is.</summary>
    public static List<ForwardedElement> Read(StringValues values)
    {
        var elements = new List<ForwardedElement>();
        foreach (var part in Split(values.ToString(), ','))
        {
            if (TryRead(part, out var element))
            {
                elements.Add(element);
            }
            else
            {
                elements.Clear();
            }
        }

        return elements;
    }

    private static bool TryRead(string text, out ForwardedElement element)
    {
        element = new ForwardedElement(null, null, null);
        foreach (var pair in Split(text.Trim().TrimEnd(';'), ';'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !TryUnquote(pair[(equals + 1)..], out var value))
            {
                return false;
            }

            element = pair[..equals].Trim().ToLowerInvariant() switch
            {
                "for" => element with { For = value },
                "host" => element with { Host = value },
                "proto" => element with { Proto = value },
                _ => element,
            };
        }

        return true;
    }

    private static bool TryUnquote(string text, out string value)
    {
        value = text.Trim();
        if (!value.StartsWith('"'))
        {
            return !value.Contains('"', StringComparison.Ordinal);
        }

        // Nothing that is believed needs an escape.
        var inner = value.Length > 1 && value.EndsWith('"') ? value[1..^1] : "\"";
        value = inner;
        return inner.AsSpan().IndexOfAny('"', '\\') < 0;
    }

    private static IEnumerable<string> Split(string text, char separator)
    {
        var start = 0;
        var quoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            quoted ^= text[at] == '"';
            if (text[at] == separator && !quoted)
            {
                yield return text[start..at];
                start = at + 1;
            }
        }

        yield return text[start..];
    }
}
