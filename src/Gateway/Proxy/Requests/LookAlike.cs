using System.Buffers;

namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>
/// Names of header fields as CGI-like interfaces read them: to some of them <c>X_User</c>, <c>X.User</c> and <c>X~User</c> are all <c>X-User</c>.
/// </summary>
internal static class LookAlike
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The name, in hyphens, that this one may be taken for; null when it has nothing but letters, digits and hyphens.</summary>
    public static string? Of(string name)
    {
        // Those that begin with something else look like none; the server's own for HTTP/2 (:method) are among them.
        var odd = name.AsSpan().IndexOfAnyExcept(Plain);

        return odd < 1 ? null : string.Create(name.Length, name, static (plain, written) =>
        {
            written.CopyTo(plain);
            plain.ReplaceAnyExcept(Plain, '-');
        });
    }
}
