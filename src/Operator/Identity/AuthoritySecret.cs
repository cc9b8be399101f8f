using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Identity;

/// <summary>The authority in its Secret. Every replica may make it or its next generation; whoever loses the race reads what the winner wrote.</summary>
internal sealed class AuthoritySecret(ApiConnection api, ResourceKey key)
{
    private const string Certificates = "ca.crt";
    private const string Key = "ca.key";
    private readonly OwnSecret own = new(api, key, "a new authority is made");
    private (string Version, LinkAuthority Authority)? known;

    /// <summary>The present one. A Secret that is gone or comes to its end leads to a new generation.</summary>
    /// <exception cref="InvalidDataException">The Secret holds something that this program did not write.</exception>
    /// <exception cref="ApiRefusedException">The API server refused; a Conflict means that somebody else was faster.</exception>
    public async Task<LinkAuthority> OpenAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await own.ReadAsync(cancellationToken).ConfigureAwait(false) is not { } secret)
        {
            // Deleting the Secret is how a generation is ended. Replicas serve under it until they follow, so it is vouched for a little longer.
            return await WriteAsync(null, Next(now), cancellationToken).ConfigureAwait(false);
        }

        var version = OwnSecret.VersionOf(secret);

        if (known is null || known.Value.Version != version)
        {
            known = (version, Read(secret));
        }

        return known.Value.Authority.IsEnding(now)
            ? await WriteAsync(secret, Next(now), cancellationToken).ConfigureAwait(false)
            : known.Value.Authority;
    }

    private LinkAuthority Next(DateTimeOffset now) => LinkAuthority.Create(known?.Authority.Certificates ?? [], now);

    private async Task<LinkAuthority> WriteAsync(JsonObject? secret, LinkAuthority authority, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { [Certificates] = authority.CertificatesPem, [Key] = authority.KeyPem };
        known = (await own.WriteAsync(secret, values, cancellationToken).ConfigureAwait(false), authority);

        return authority;
    }

    private LinkAuthority Read(JsonObject secret)
    {
        if (own.TextOf(secret, Certificates) is not { } certificates || own.TextOf(secret, Key) is not { } keyPem)
        {
            throw own.Foreign($"it lacks {Certificates} or {Key}");
        }

        try
        {
            return LinkAuthority.Find([.. LinkAuthority.CertificatesIn(certificates)], keyPem) ?? throw own.Foreign($"{Key} is not the key of a certificate in {Certificates}");
        }
        catch (CryptographicException)
        {
            throw own.Foreign($"{Certificates} or {Key} cannot be read");
        }
    }
}
