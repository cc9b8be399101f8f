using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Identity;

/// <summary>The authority in its Secret. Every replica may make it or its next generation; whoever loses the race reads what the winner wrote.</summary>
internal sealed class AuthoritySecret(ApiConnection api, ResourceKey key)
{
    private const string Certificates = "ca.crt";
    private const string Key = "ca.key";
    private (string Version, LinkAuthority Authority)? known;

    private string Path => ApiKind.Secret.Path(key.Namespace, key.Name);

    /// <summary>The present one. A Secret that is gone or comes to its end leads to a new generation.</summary>
    /// <exception cref="InvalidDataException">The Secret holds something that this program did not write.</exception>
    /// <exception cref="ApiRefusedException">The API server refused; a Conflict means that somebody else was faster.</exception>
    public async Task<LinkAuthority> OpenAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var answer = await api.SendAsync(new ApiRequest(HttpMethod.Get, Path), cancellationToken).ConfigureAwait(false);

        if (answer is ApiAnswer.Refused { Refusal.Code: HttpStatusCode.NotFound })
        {
            // Deleting the Secret is how a generation is ended. Replicas serve under it until they follow, so it is vouched for a little longer.
            return await WriteAsync(HttpMethod.Post, ApiKind.Secret.Path(key.Namespace), New(), Next(now), cancellationToken).ConfigureAwait(false);
        }

        var secret = JsonObject.Create(answer.Demand()) ?? throw Foreign("it is no object");
        var version = TextAt(secret["metadata"], "resourceVersion") ?? "";

        if (known is null || known.Value.Version != version)
        {
            known = (version, Read(secret));
        }

        return known.Value.Authority.IsEnding(now)
            ? await WriteAsync(HttpMethod.Put, Path, secret, Next(now), cancellationToken).ConfigureAwait(false)
            : known.Value.Authority;
    }

    private LinkAuthority Next(DateTimeOffset now) => LinkAuthority.Create(known?.Authority.Certificates ?? [], now);

    private async Task<LinkAuthority> WriteAsync(HttpMethod method, string path, JsonObject secret, LinkAuthority authority, CancellationToken cancellationToken)
    {
        var data = secret["data"] as JsonObject ?? [];
        secret["data"] ??= data;
        data[Certificates] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority.CertificatesPem));
        data[Key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority.KeyPem));
        (secret["metadata"] as JsonObject)?.Remove("managedFields");

        var request = new ApiRequest(method, path) { Body = Encoding.UTF8.GetBytes(secret.ToJsonString()) };
        var written = (await api.SendAsync(request, cancellationToken).ConfigureAwait(false)).Demand();

        known = (written.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("resourceVersion", out var version) ? version.GetString() ?? "" : "", authority);
        return authority;
    }

    private LinkAuthority Read(JsonObject secret)
    {
        if (TextOf(secret, Certificates) is not { } certificates || TextOf(secret, Key) is not { } keyPem)
        {
            throw Foreign($"it lacks {Certificates} or {Key}");
        }

        try
        {
            return LinkAuthority.Find([.. LinkAuthority.CertificatesIn(certificates)], keyPem) ?? throw Foreign($"{Key} is not the key of a certificate in {Certificates}");
        }
        catch (CryptographicException)
        {
            throw Foreign($"{Certificates} or {Key} cannot be read");
        }
    }

    private string? TextOf(JsonObject secret, string name)
    {
        try
        {
            return TextAt(secret["data"], name) is { } encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded)) : null;
        }
        catch (FormatException)
        {
            throw Foreign($"{name} is not base64");
        }
    }

    private InvalidDataException Foreign(string why) => new(
        $"The Secret {key} is not the one that this program wrote: {why}. Delete it, and a new authority is made: kubectl delete secret --namespace {key.Namespace} {key.Name}");

    private JsonObject New() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["namespace"] = key.Namespace, ["name"] = key.Name },
        ["type"] = "Opaque",
    };

    private static string? TextAt(JsonNode? parent, string name) =>
        (parent as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
