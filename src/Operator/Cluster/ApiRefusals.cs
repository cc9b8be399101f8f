using System.Text.Json;

namespace Portcullis.Operator.Cluster;

/// <summary>Reads what a refusal says of itself.</summary>
internal static class ApiRefusals
{
    private const int LongestMessage = 1024;

    public static async Task<ApiRefusal> OfAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var (reason, message) = Parse(text);

        return new ApiRefusal(response.StatusCode, reason, message ?? Shortened(text), RetryAfterOf(response, time));
    }

    /// <summary>Of a Status object, in a response or in an ERROR event of a watch.</summary>
    public static ApiRefusal Of(JsonElement status) => new(
        (System.Net.HttpStatusCode)(status.TryGetProperty("code", out var code) && code.TryGetInt32(out var number) ? number : 500),
        TextOf(status, "reason") ?? "",
        TextOf(status, "message") ?? "it gave no message");

    private static (string Reason, string? Message) Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? (TextOf(document.RootElement, "reason") ?? "", TextOf(document.RootElement, "message")) : ("", null);
        }
        catch (JsonException)
        {
            // Proxies and overloaded servers answer in plain text.
            return ("", null);
        }
    }

    private static string? TextOf(JsonElement status, string name) =>
        status.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Shortened(string text) => text.Length <= LongestMessage ? text.Trim() : text[..LongestMessage].Trim() + "…";

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };
}
