using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Sessions;

/// <summary>The key of session cookies as it was pushed last. Without one nobody is kept anywhere, and requests are served all the same.</summary>
internal sealed class SessionKeys
{
    private volatile SessionKey? current;

    public SessionKey? Current => current;

    /// <summary>Takes over what is in force; the same object as long as the key is the same.</summary>
    /// <param name="entry">Null leaves the key in place: an operator that has not read its own yet must not end every session.</param>
    /// <returns>What is wrong with it, as a sentence without a subject; null when nothing is.</returns>
    public string? Take(SessionKeyEntry? entry)
    {
        if (entry is null)
        {
            return null;
        }

        if (!SessionKey.TryParse(entry.SessionKey, out var pushed))
        {
            return $"does not hold a key of {SessionKey.Length} bytes";
        }

        if (!pushed.IsSameAs(current))
        {
            current = pushed;
        }

        return null;
    }
}
