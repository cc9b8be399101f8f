using System.Security.Cryptography;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Identity;

/// <summary>The session key in its Secret. Every replica may make it; whoever loses the race reads what the winner wrote.</summary>
internal sealed class SessionSecret(ApiConnection api, ResourceKey key)
{
    private const string Key = "session.key";
    private readonly OwnSecret own = new(api, key, "a new key is made");

    /// <summary>The present one. Deleting the Secret is how every session is ended: it leads to a new key.</summary>
    /// <exception cref="InvalidDataException">The Secret holds something that this program did not write.</exception>
    /// <exception cref="ApiRefusedException">The API server refused; a Conflict means that somebody else was faster.</exception>
    public async Task<SessionKey> OpenAsync(CancellationToken cancellationToken)
    {
        if (await own.ReadAsync(cancellationToken).ConfigureAwait(false) is { } secret)
        {
            return SessionKey.TryParse(own.TextOf(secret, Key), out var kept) ? kept : throw own.Foreign($"{Key} is no key of {SessionKey.Length} bytes");
        }

        var created = new SessionKey(RandomNumberGenerator.GetBytes(SessionKey.Length));
        await own.WriteAsync(null, new Dictionary<string, string>(StringComparer.Ordinal) { [Key] = created.ToBase64() }, cancellationToken).ConfigureAwait(false);

        return created;
    }
}
