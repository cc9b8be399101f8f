namespace Portcullis.EndToEnd.Tests.Comparison.Smuggling;

/// <summary>What two parties may read differently, in the words of the table.</summary>
internal static class Doubt
{
    public const string BareLineEnd = "bare line end";
    public const string EmptyLine = "empty line before a request";
    public const string Control = "control character";
    public const string RequestLine = "malformed request line";
    public const string Folded = "folded header";
    public const string HeaderName = "malformed header name";
    public const string LookAlike = "framing header spelled with `_`";
    public const string Host = "no Host, two, or a malformed one";
    public const string BothFramings = "length and encoding";
    public const string Length = "malformed or repeated length";
    public const string Encoding = "encoding other than chunked";
    public const string OldEncoding = "encoding in HTTP/1.0";
    public const string Chunk = "malformed chunk";
    public const string Trailer = "framing header as a trailer";
    public const string Hidden = "bytes after the only request";
    public const string Target = "target outside the grammar of URIs";
    public const string Authority = "target for another host than Host";
    public const string Path = "path that decodes to another";
}
