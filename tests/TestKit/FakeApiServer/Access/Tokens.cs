using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Storage;
using Portcullis.TestKit.FakeApiServer.Writes;

namespace Portcullis.TestKit.FakeApiServer.Access;

/// <summary>
/// Issues tokens of ServiceAccounts in the form of real ones (JWT, ES256) and judges them: signature, time, audience, and that the account and the
/// pod they are bound to still exist.
/// </summary>
internal sealed class Tokens(ApiState state) : IDisposable
{
    /// <summary>The audience of the server itself, and its name as issuer.</summary>
    public const string Issuer = "https://kubernetes.default.svc.cluster.local";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ConcurrentDictionary<string, ApiUser> given = new(StringComparer.Ordinal);

    /// <summary>A token that is valid until the end.</summary>
    public string Give(ApiUser user)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        given[token] = user;
        return token;
    }

    public (string Token, DateTimeOffset Expires) Issue(TokenPlea plea)
    {
        var now = state.Time.GetUtcNow();
        var expires = now + plea.Lifetime;
        var kubernetes = new JsonObject
        {
            ["namespace"] = plea.Namespace,
            ["serviceaccount"] = new JsonObject { ["name"] = plea.ServiceAccount, ["uid"] = Uid("/serviceaccounts", plea.Namespace, plea.ServiceAccount) },
        };
        if (plea.Pod.Length > 0)
        {
            kubernetes["pod"] = new JsonObject { ["name"] = plea.Pod, ["uid"] = Uid("/pods", plea.Namespace, plea.Pod) };
        }

        var audiences = plea.Audiences.IsEmpty ? [Issuer] : plea.Audiences;
        var claims = new JsonObject
        {
            ["aud"] = new JsonArray([.. audiences.Select(audience => JsonValue.Create(audience))]),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["kubernetes.io"] = kubernetes,
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["sub"] = $"system:serviceaccount:{plea.Namespace}:{plea.ServiceAccount}",
        };

        var signed = $"{Encode("""{"alg":"ES256","kid":"double"}""")}.{Encode(claims.ToJsonString())}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
        return ($"{signed}.{Base64Url.EncodeToString(signature)}", expires);
    }

    /// <param name="audiences">Who asks; empty for the server itself.</param>
    public TokenJudgement Judge(string token, ImmutableArray<string> audiences)
    {
        var wanted = audiences.IsEmpty ? [Issuer] : audiences;
        if (given.TryGetValue(token, out var user))
        {
            return wanted.Contains(Issuer) ? new TokenJudgement(user, [Issuer], "") : TokenJudgement.Invalid("token is for this server only");
        }

        if (Claims(token) is not { } claims)
        {
            return TokenJudgement.Invalid("invalid bearer token");
        }

        if (claims.Number("exp") <= state.Time.GetUtcNow().ToUnixTimeSeconds())
        {
            return TokenJudgement.Invalid("[invalid bearer token, service account token has expired]");
        }

        string[] own = [.. claims.Texts("aud")];
        ImmutableArray<string> shared = [.. wanted.Intersect(own)];
        return shared.IsEmpty
            ? TokenJudgement.Invalid($"[invalid bearer token, token audiences [{Quoted(own)}] is invalid for the target audiences [{Quoted(wanted)}]]")
            : OfAccount(claims, shared);
    }

    public void Dispose() => key.Dispose();

    private TokenJudgement OfAccount(JsonObject claims, ImmutableArray<string> audiences)
    {
        var bound = claims["kubernetes.io"];
        var (ns, name, uid) = (bound.Text("namespace"), bound.Text("serviceaccount", "name"), bound.Text("serviceaccount", "uid"));
        if (UidOrNothing("/serviceaccounts", ns, name) != uid)
        {
            return TokenJudgement.Invalid("[invalid bearer token, service account token has been invalidated]");
        }

        var extra = ImmutableSortedDictionary<string, string>.Empty.Add("authentication.kubernetes.io/credential-id", $"JTI={claims.Text("jti")}");
        if (bound.At("pod") is { } pod)
        {
            if (UidOrNothing("/pods", ns, pod.Text("name")) != pod.Text("uid"))
            {
                return TokenJudgement.Invalid("[invalid bearer token, service account token has been invalidated]");
            }

            extra = extra.Add("authentication.kubernetes.io/pod-name", pod.Text("name")).Add("authentication.kubernetes.io/pod-uid", pod.Text("uid"));
        }

        return new TokenJudgement(ApiUser.OfServiceAccount(ns, name, uid) with { Extra = extra }, audiences, "");
    }

    /// <summary>Null when it is no token of ours.</summary>
    private JsonObject? Claims(string token)
    {
        try
        {
            return token.Split('.') is [var header, var payload, var signature]
                && key.VerifyData(Encoding.ASCII.GetBytes($"{header}.{payload}"), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256)
                    ? JsonBody.Read(Base64Url.DecodeFromChars(payload)).Content
                    : null;
        }
        catch (FormatException)
        {
            // No base64: no token of ours either.
            return null;
        }
    }

    private string Uid(string storage, string ns, string name) =>
        UidOrNothing(storage, ns, name) ?? throw Failures.NotFound(state.Kinds.Find("", "v1", storage[1..])!, name);

    private string? UidOrNothing(string storage, string ns, string name) =>
        state.Store.Now.Find(storage, new ObjectKey(ns, name))?.Content.Text("metadata", "uid");

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Quoted(IEnumerable<string> texts) => string.Join(" ", texts.Select(text => JsonSerializer.Serialize(text)));
}
