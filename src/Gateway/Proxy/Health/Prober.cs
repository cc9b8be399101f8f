using System.Net;
using Microsoft.Net.Http.Headers;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Connecting;

namespace Portcullis.Gateway.Proxy.Health;

/// <summary>
/// Probes one endpoint at once and then at every interval, until it is disposed of. It sends with the backend's own client, so that no probe leaves on a
/// connection that was not verified for this very endpoint (P1), and what the handshakes show is reported like any other observation (P8).
/// </summary>
internal sealed class Prober : IDisposable
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpMessageInvoker client;
    private readonly LiveEndpoint endpoint;
    private readonly ProbePlan plan;
    private readonly Action<LiveEndpoint, string?> probed;
    private readonly TimeProvider time;
    private readonly PeriodicTimer timer;
    private volatile bool isDisposed;

    /// <param name="client">The backend's.</param>
    /// <param name="endpoint">What is probed.</param>
    /// <param name="plan">How.</param>
    /// <param name="probed">Told of every probe that says something: what failed, null when it was good.</param>
    /// <param name="time">The clock.</param>
    public Prober(HttpMessageInvoker client, LiveEndpoint endpoint, ProbePlan plan, Action<LiveEndpoint, string?> probed, TimeProvider time)
    {
        this.client = client;
        this.endpoint = endpoint;
        this.plan = plan;
        this.probed = probed;
        this.time = time;
        timer = new PeriodicTimer(plan.Probes.Interval, time);

        // Its end needs no waiting for: it asks nothing more once disposed of, and a probe under way has its time-out.
        _ = RunAsync();
    }

    public void Dispose()
    {
        isDisposed = true;
        timer.Dispose();
    }

    private async Task RunAsync()
    {
        // Whoever configures must not wait for a connection.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        do
        {
            // An HTTP/1.1 pool without a free place would let the probe wait and fail: too much to do is not bad health, and requests are the proof of life.
            if (endpoint.Address.IsHttp2 || endpoint.Requests < plan.MaximumPerEndpoint)
            {
                await ProbeAsync().ConfigureAwait(false);
            }
        }
        while (!isDisposed && await timer.WaitForNextTickAsync().ConfigureAwait(false));
    }

    private async Task ProbeAsync()
    {
        using var timeout = new CancellationTokenSource(plan.Probes.Timeout, time);
        string? failure;
        try
        {
            using var request = Request();
            using var response = await client.SendAsync(request, timeout.Token).ConfigureAwait(false);
            failure = (int)response.StatusCode is >= 200 and < 400 ? null : $"status {(int)response.StatusCode}";
        }
        catch (EndpointBusyException)
        {
            return;
        }
        catch (Exception) when (timeout.IsCancellationRequested)
        {
            failure = $"no answer within {plan.Probes.Timeout.TotalSeconds:0.###} s";
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Whatever it is, a request would have fared no better. The message could quote what the peer sent; the verdict has its own log line.
            failure = fault is HttpRequestException http ? $"{http.HttpRequestError}" : fault.GetType().Name;
        }

        if (!isDisposed)
        {
            probed(endpoint, failure);
        }
    }

    private HttpRequestMessage Request()
    {
        var isHttp11 = plan.Protocol == BackendProtocol.Http11;
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(string.Concat(endpoint.Address.Text.AsSpan().TrimEnd('/'), plan.Probes.Path), AsWritten))
        {
            Version = isHttp11 ? HttpVersion.Version11 : HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation(HeaderNames.Host, isHttp11 ? Host() : Host().ToLowerInvariant());
        request.Headers.TryAddWithoutValidation(HeaderNames.UserAgent, "Portcullis (health check)");
        request.Options.Set(LiveEndpoint.OfRequest, endpoint);

        return request;
    }

    // No client asked, so there is no Host to preserve; the backend's own name is the one it surely knows.
    private string Host() => plan.HostHeader is HostHeader.Literal literal ? literal.Value : endpoint.Identity.ServerName ?? endpoint.Address.Authority;
}
