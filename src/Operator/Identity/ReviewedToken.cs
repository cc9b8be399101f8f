using System.Buffers.Text;
using System.Text.Json;
using Portcullis.Operator.Delivery;

namespace Portcullis.Operator.Identity;

/// <summary>What a TokenReview's answer says of a caller. Whatever is missing or unexpected is a no.</summary>
internal static class ReviewedToken
{
    private const string PodName = "authentication.kubernetes.io/pod-name";
    private const string PodUid = "authentication.kubernetes.io/pod-uid";

    /// <param name="review">As the API server answered.</param>
    /// <param name="audience">The operator's own; a token for another audience may have been taken from somebody.</param>
    /// <param name="token">Looked into only once the review has said yes.</param>
    public static Caller Of(JsonElement review, string audience, string token)
    {
        if (At(review, "status") is not { ValueKind: JsonValueKind.Object } status || At(status, "authenticated") is not { ValueKind: JsonValueKind.True })
        {
            return new Caller.Stranger("the API server does not accept it for this operator's audience");
        }

        if (At(status, "error") is { ValueKind: JsonValueKind.String } error && error.GetString()!.Length > 0)
        {
            return new Caller.Stranger("the API server's review of it failed");
        }

        // An API server that does not know audiences answers none, and its yes would be good for any.
        if (!Texts(At(status, "audiences")).Contains(audience, StringComparer.Ordinal))
        {
            return new Caller.Stranger($"the API server does not confirm the audience '{audience}'");
        }

        var user = At(status, "user");

        if (Text(At(user, "username"))?.Split(':') is not ["system", "serviceaccount", { Length: > 0 } ns, { Length: > 0 } account])
        {
            return new Caller.Stranger("it is not of a ServiceAccount");
        }

        var extra = At(user, "extra");

        if (Texts(At(extra, PodName)) is not [{ Length: > 0 } podName] || Texts(At(extra, PodUid)) is not [{ Length: > 0 } podUid])
        {
            return new Caller.Stranger($"it is of ServiceAccount {ns}/{account} and bound to no pod; project it into the pod");
        }

        return ExpiryOf(token) is { } expiry
            ? new Caller.Pod(ns, account, podName, podUid, expiry)
            : new Caller.Stranger($"it is of ServiceAccount {ns}/{account} and says no time of expiry");
    }

    /// <summary>Null when it says none.</summary>
    private static DateTimeOffset? ExpiryOf(string token)
    {
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));
            return At(claims.RootElement, "exp") is { ValueKind: JsonValueKind.Number } exp && exp.TryGetInt64(out var seconds)
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            // Messages of parsers could quote it (P9).
            return null;
        }
    }

    private static JsonElement? At(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } known && known.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? value) => value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static string[] Texts(JsonElement? value) => value is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(item => Text(item) ?? "")] : [];
}
