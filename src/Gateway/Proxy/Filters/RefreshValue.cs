namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>The header field Refresh as browsers read it: seconds, then a URL, perhaps after <c>url=</c>, perhaps in quotes.</summary>
internal static class RefreshValue
{
    /// <summary>The same value when there is no URL in it or the URL stays.</summary>
    public static string WithUrl(string value, Func<string, string> map)
    {
        var start = UrlStart(value);
        if (start < 0 || start == value.Length)
        {
            return value;
        }

        var quote = value[start] is '"' or '\'' ? value[start] : '\0';
        var first = quote == '\0' ? start : start + 1;
        var closing = quote == '\0' ? -1 : value.IndexOf(quote, first);
        var end = closing < 0 ? value.Length : closing;
        var url = value[first..end];
        var mapped = map(url);

        return ReferenceEquals(mapped, url) ? value : string.Concat(value.AsSpan(0, first), mapped, value.AsSpan(end));
    }

    private static int UrlStart(string value)
    {
        var separator = value.AsSpan().IndexOfAny(';', ',');
        if (separator < 0)
        {
            return -1;
        }

        var start = SkipBlanks(value, separator + 1);
        if (!value.AsSpan(start).StartsWith("url", StringComparison.OrdinalIgnoreCase))
        {
            return start;
        }

        var equals = SkipBlanks(value, start + 3);
        return equals < value.Length && value[equals] == '=' ? SkipBlanks(value, equals + 1) : start;
    }

    private static int SkipBlanks(string value, int at)
    {
        while (at < value.Length && value[at] is ' ' or '\t')
        {
            at++;
        }

        return at;
    }
}
