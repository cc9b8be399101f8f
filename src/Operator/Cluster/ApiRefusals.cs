using System.Net;
using System.Text;
using System.Text.Json;

namespace Portcullis.Operator.Cluster;

/// <summary>Reads what a refusal says of itself.</summary>
internal static class ApiRefusals
{
    private const int LongestBody = 64 * 1024;
    private const int LongestMessage = 1024;

    public static async Task<ApiRefusal> OfAsync(ApiExchange exchange, TimeProvider time, CancellationToken cancellationToken)
    {
        var response = exchange.Response;
        var text = await TextOf(response, cancellationToken).ConfigureAwait(false);
        var said = Parse(text, response.StatusCode) ?? new ApiRefusal(response.StatusCode, "", text.Trim());

        return said with
        {
            Code = response.StatusCode,
            Message = Shortened(Without(exchange.Token, said.Message)),
            RetryAfter = RetryAfterOf(response, time) ?? said.RetryAfter,
        };
    }

    /// <summary>Of a Status object, in a response or in an ERROR event of a watch.</summary>
    public static ApiRefusal Of(JsonElement status) => Of(status, HttpStatusCode.InternalServerError);

    private static ApiRefusal Of(JsonElement status, HttpStatusCode byDefault) => new(
        NumberOf(status, "code") is { } code ? (HttpStatusCode)code : byDefault,
        TextOf(status, "reason") ?? "",
        Shortened(TextOf(status, "message") ?? "it gave no message"),
        ObjectOf(status, "details") is { } details && NumberOf(details, "retryAfterSeconds") is > 0 and { } seconds ? TimeSpan.FromSeconds(seconds) : null);

    private static ApiRefusal? Parse(string text, HttpStatusCode code)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && TextOf(document.RootElement, "message") is not null ? Of(document.RootElement, code) : null;
        }
        catch (JsonException)
        {
            // Proxies and overloaded servers answer in plain text.
            return null;
        }
    }

    private static async Task<string> TextOf(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[LongestBody];
        var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);

        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    /// <summary>Some proxies repeat in their error page what they were sent (P9).</summary>
    private static string Without(string? token, string message) =>
        string.IsNullOrEmpty(token) ? message : message.Replace(token, "…", StringComparison.Ordinal);

    private static string Shortened(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";

    private static string? TextOf(JsonElement status, string name) =>
        status.ValueKind == JsonValueKind.Object && status.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? NumberOf(JsonElement status, string name) =>
        status.ValueKind == JsonValueKind.Object && status.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;

    private static JsonElement? ObjectOf(JsonElement status, string name) =>
        status.ValueKind == JsonValueKind.Object && status.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };
}
