using System.Net;
using System.Text.RegularExpressions;
using Portcullis.Demo.Scenarios;

namespace Portcullis.Demo.Running;

/// <summary>Asks for each scenario's host at the gateway's front, as a browser would.</summary>
internal sealed partial class FrontRequests(HttpClient client, StatusFiles statuses)
{
    // A mounted bundle may arrive a moment after the route that needs it, and until then the route answers 503.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    public async Task<Outcome> AskAsync(ServedScenario served, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Settling);
        var (status, code) = await SettledAsync(served.Host, patience.Token).ConfigureAwait(false);

        return new Outcome { Served = served, Status = (int)status, Code = code, Text = await TextAsync(served.Route, patience.Token).ConfigureAwait(false) };
    }

    private async Task<(HttpStatusCode Status, string? Code)> SettledAsync(string host, CancellationToken patience)
    {
        while (true)
        {
            using var answer = await client.GetAsync(new Uri($"https://{host}/"), CancellationToken.None).ConfigureAwait(false);
            if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.NotFound) || patience.IsCancellationRequested)
            {
                return (answer.StatusCode, CodeOf(answer));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string> TextAsync(string route, CancellationToken patience)
    {
        try
        {
            return await statuses.ObservationAsync(route, patience).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return "(its status file says nothing of its backends)";
        }
    }

    private static string? CodeOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Proxy-Status", out var values) && Code().Match(string.Join(',', values)) is { Success: true } match
            ? match.Groups["code"].Value
            : null;

    [GeneratedRegex("details=\"(?<code>PC[0-9]{4})\"", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Code();
}
