using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace Portcullis.Operator.Cluster;

/// <summary>
/// The one door to the API server. Its certificate is verified with its host name, which KubernetesClient's own callback does not do for a
/// private CA; that library's client is therefore not used, only its models.
/// </summary>
internal sealed class ApiConnection(ApiServerAddress server, TimeProvider time, ILogger<ApiConnection>? logger = null) : IDisposable
{
    private readonly ApiTransports transports = new(server, time, logger ?? NullLogger<ApiConnection>.Instance);
    private readonly ApiToken token = new(server, time);

    public Uri Address => server.Address;

    /// <summary>Whatever the API server answers, refusals included, is a value.</summary>
    /// <exception cref="HttpRequestException">It could not be reached, or the connection broke.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async Task<ApiAnswer> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);

        try
        {
            using var exchange = await ExchangeAsync(request, either.Token).ConfigureAwait(false);

            return exchange.Response.IsSuccessStatusCode
                ? new ApiAnswer.Done(await JsonOf(exchange.Response, either.Token).ConfigureAwait(false))
                : new ApiAnswer.Refused(await ApiRefusals.OfAsync(exchange, time, either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Late(request);
        }
        catch (OperationCanceledException given) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreached(given);
        }
        catch (Exception broken) when (broken is IOException or JsonException)
        {
            throw Broken(request, broken);
        }
    }

    /// <summary>Opens a watch; the caller owns the stream, its silence included.</summary>
    /// <exception cref="ApiRefusedException">It was refused.</exception>
    /// <exception cref="HttpRequestException">It could not be reached, or the connection broke.</exception>
    /// <exception cref="TimeoutException">It did not begin to answer in time.</exception>
    public async Task<ApiStream> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        ApiExchange? exchange = null;

        try
        {
            exchange = await ExchangeAsync(request, either.Token).ConfigureAwait(false);
            var refusal = exchange.Response.IsSuccessStatusCode ? null : await ApiRefusals.OfAsync(exchange, time, either.Token).ConfigureAwait(false);
            var stream = refusal is null
                ? new ApiStream(exchange, await exchange.Response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false))
                : throw new ApiRefusedException(refusal);

            exchange = null;
            return stream;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Late(request);
        }
        catch (OperationCanceledException given) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreached(given);
        }
        catch (IOException broken)
        {
            throw Broken(request, broken);
        }
        finally
        {
            exchange?.Dispose();
        }
    }

    public void Dispose() => transports.Dispose();

    private async Task<ApiExchange> ExchangeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var shown = await token.CurrentAsync(cancellationToken).ConfigureAwait(false);
        var exchange = await ExchangeAsync(request, shown, cancellationToken).ConfigureAwait(false);

        // A token that was replaced within the last minute, such as after a change of the signing key.
        if (exchange.Response.StatusCode != HttpStatusCode.Unauthorized || !await token.RenewAsync(shown, cancellationToken).ConfigureAwait(false))
        {
            return exchange;
        }

        exchange.Dispose();
        return await ExchangeAsync(request, await token.CurrentAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private async Task<ApiExchange> ExchangeAsync(ApiRequest request, string? shown, CancellationToken cancellationToken)
    {
        var transport = transports.Enter();

        try
        {
            using var message = MessageOf(request, shown);
            return new ApiExchange(await transport.SendAsync(message, cancellationToken).ConfigureAwait(false), transport, shown);
        }
        catch (Exception failure)
        {
            transport.Leave();

            if (failure is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError })
            {
                transports.Doubt();
            }

            throw;
        }
    }

    private HttpRequestMessage MessageOf(ApiRequest request, string? shown)
    {
        var message = new HttpRequestMessage(request.Method, server.Address.AbsoluteUri.TrimEnd('/') + request.PathAndQuery)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Accept.ParseAdd(ApiContentType.Json);

        // The runtime takes the name that it verifies, and shows as SNI, from here.
        message.Headers.Host = server.ServerName;

        if (shown is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shown);
        }

        if (!request.Body.IsEmpty)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body) { Headers = { ContentType = new MediaTypeHeaderValue(request.ContentType) } };
        }

        return message;
    }

    private static async Task<JsonElement> JsonOf(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), default, cancellationToken).ConfigureAwait(false);
        return document.RootElement.Clone();
    }

    private TimeoutException Late(ApiRequest request) =>
        new($"The API server at {server.Address} did not answer {request.Method} {request.Path} within {request.Timeout.TotalSeconds:0} s.");

    /// <summary>A connection that nobody answers ends as if it had been cancelled, and nobody who waits for one would take that for a failure.</summary>
    private TimeoutException Unreached(OperationCanceledException given) =>
        new($"The API server at {server.Address} was not reached within {server.ConnectTimeout.TotalSeconds:0.#} s.", given);

    private HttpRequestException Broken(ApiRequest request, Exception cause) => new(
        $"The answer of the API server at {server.Address} to {request.Method} {request.Path} {(cause is JsonException ? "is no JSON" : "broke off")}.", cause);
}
