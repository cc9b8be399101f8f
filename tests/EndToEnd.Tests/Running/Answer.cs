using System.Globalization;

namespace Portcullis.EndToEnd.Tests.Running;

/// <summary>What the gateway's front said.</summary>
/// <param name="ProxyStatus">Empty when the backend answered itself.</param>
internal sealed record Answer(int Status, string ProxyStatus, string Body)
{
    public static async Task<Answer> ToAsync(HttpClient client, string host, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(new Uri($"https://{host}/"), cancellationToken);
        var proxyStatus = response.Headers.TryGetValues("Proxy-Status", out var values) ? string.Join(", ", values) : "";

        return new Answer((int)response.StatusCode, proxyStatus, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Status} {ProxyStatus} {Body}");
}
