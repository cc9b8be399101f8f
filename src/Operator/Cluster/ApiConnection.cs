using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Portcullis.Operator.Cluster;

/// <summary>
/// The one door to the API server. Its certificate is verified with its host name, which KubernetesClient's own callback does not do for a
/// private CA; that library's client is therefore not used, only its models.
/// </summary>
internal sealed class ApiConnection : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private readonly HttpMessageInvoker client;
    private readonly ApiServerAddress server;
    private readonly TimeProvider time;

    public ApiConnection(ApiServerAddress server, TimeProvider time)
    {
        (this.server, this.time) = (server, time);
        client = new HttpMessageInvoker(HandlerOf(server));
    }

    public Uri Address => server.Address;

    /// <summary>Whatever the API server answers, refusals included, is a value.</summary>
    /// <exception cref="HttpRequestException">It could not be reached, or the connection broke.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async Task<ApiAnswer> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);

        try
        {
            using var message = await MessageAsync(request, either.Token).ConfigureAwait(false);
            using var response = await client.SendAsync(message, either.Token).ConfigureAwait(false);

            return response.IsSuccessStatusCode
                ? new ApiAnswer.Done(await JsonOf(response, either.Token).ConfigureAwait(false))
                : new ApiAnswer.Refused(await ApiRefusals.OfAsync(response, time, either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The API server at {server.Address} did not answer {request.Method} {request.Path} within {RequestTimeout.TotalSeconds:0} s.");
        }
    }

    /// <summary>Opens a watch; the caller owns the stream, its silence included.</summary>
    /// <exception cref="ApiRefusedException">It was refused.</exception>
    /// <exception cref="HttpRequestException">It could not be reached, or the connection broke.</exception>
    public async Task<ApiStream> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var message = await MessageAsync(request, cancellationToken).ConfigureAwait(false);
        var response = await client.SendAsync(message, cancellationToken).ConfigureAwait(false);

        if (!response.IsSuccessStatusCode)
        {
            using (response)
            {
                throw new ApiRefusedException(await ApiRefusals.OfAsync(response, time, cancellationToken).ConfigureAwait(false));
            }
        }

        return new ApiStream(response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
    }

    public void Dispose() => client.Dispose();

    private async Task<HttpRequestMessage> MessageAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(request.Method, server.Address.AbsoluteUri.TrimEnd('/') + request.PathAndQuery)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Accept.ParseAdd(ApiContentType.Json);

        if ((server.Token ?? await TokenAsync(cancellationToken).ConfigureAwait(false)) is { } token)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (!request.Body.IsEmpty)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body) { Headers = { ContentType = new MediaTypeHeaderValue(request.ContentType) } };
        }

        return message;
    }

    private async Task<string?> TokenAsync(CancellationToken cancellationToken) =>
        server.TokenFile is { } file ? (await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)).Trim() : null;

    private static async Task<JsonElement> JsonOf(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), default, cancellationToken).ConfigureAwait(false);
        return document.RootElement.Clone();
    }

    private static SocketsHttpHandler HandlerOf(ApiServerAddress server) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),

        // Hundreds of watches do not fit on one connection.
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        SslOptions = new SslClientAuthenticationOptions
        {
            // A policy and no callback: the runtime then holds chain and name against it, and nothing here can answer yes by mistake.
            CertificateChainPolicy = PolicyOf(server),
            ClientCertificateContext = server.ClientCertificate is { } certificate ? SslStreamCertificateContext.Create(certificate, null, offline: true) : null,
        },
    };

    private static X509ChainPolicy PolicyOf(ApiServerAddress server)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = X509VerificationFlags.NoFlag,
        };

        policy.CustomTrustStore.ImportFromPem(server.CaPem ?? File.ReadAllText(server.CaFile ?? throw new InvalidDataException("Neither a CA nor a CA file is given for the API server.")));
        return policy;
    }
}
