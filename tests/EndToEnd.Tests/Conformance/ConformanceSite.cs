using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Conformance;

/// <summary>One operator and one gateway with the manifests of all cases, and the backends that these name by <c>${port of a}</c>.</summary>
public sealed class ConformanceSite : IAsyncLifetime
{
    private const string Tag = "X-Asked";

    // Paths are sent as a row has them.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly TestAuthority company = TestAuthority.CreateRoot("Company Root");
    private readonly TestAuthority stranger = TestAuthority.CreateRoot("Stranger's Root");
    private readonly Dictionary<string, TlsBackend> backends = new(StringComparer.Ordinal);
    private Standalone standalone = null!;
    private HttpClient http2 = null!;

    public async ValueTask InitializeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        foreach (var name in new[] { "a", "b", "c" })
        {
            await StartAsync(name, company, CertificateRecipe.ForServer($"{name}.corp.internal"), patience.Token);
        }

        await StartAsync("named", company, CertificateRecipe.ForServer("named.corp.internal", "second.corp.internal").WithUri("spiffe://corp.internal/shop"), patience.Token);
        await StartAsync("strange", stranger, CertificateRecipe.ForServer("strange.corp.internal"), patience.Token);
        standalone = await Standalone.StartAsync(
            patience.Token,
            [
                ("bundle.yaml", Manifest.Bundle("company", company.Certificate)),
                ("stranger.yaml", Manifest.Bundle("stranger", stranger.Certificate)),
                .. ConformanceRow.Cases.Select(name => ($"{name}.yaml", WithPorts(ConformanceRow.RouteOf(name)))),
            ]);
        http2 = standalone.Client(HttpVersion.Version20);
    }

    public async ValueTask DisposeAsync()
    {
        http2?.Dispose();
        if (standalone is not null)
        {
            await standalone.DisposeAsync();
        }

        foreach (var backend in backends.Values)
        {
            await backend.DisposeAsync();
        }

        company.Dispose();
        stranger.Dispose();
    }

    /// <summary>The answer, and everything that reached a backend because of the request.</summary>
    internal async Task<(ConformanceAnswer Answer, IEnumerable<(string Backend, RecordedRequest Request)> Received)> AskAsync(
        ConformanceRequest request, Version version, CancellationToken cancellationToken)
    {
        var tag = Guid.NewGuid().ToString("N");
        var tagged = request.With(Tag, tag);
        var answer = version == HttpVersion.Version11
            ? await AskOverHttp11Async(tagged, cancellationToken)
            : await AskOverHttp2Async(tagged, cancellationToken);

        return (answer, ReceivedWith(tag));
    }

    /// <summary>What comes back over a WebSocket.</summary>
    internal async Task<string> EchoedAsync(Uri address, string message, Version version, CancellationToken cancellationToken)
    {
        using var handler = TestClient.HandlerTo(standalone.Gateway.EndPoint, standalone.FrontRoot);
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket { Options = { HttpVersion = version, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        await socket.ConnectAsync(address, invoker, cancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer, cancellationToken);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);

        return Encoding.ASCII.GetString(buffer, 0, received.Count);
    }

    private IEnumerable<(string Backend, RecordedRequest Request)> ReceivedWith(string tag) =>
        from backend in backends
        from request in backend.Value.Requests.Entries
        where request.Headers.GetValueOrDefault(Tag) == tag
        select (backend.Key, request);

    // Byte for byte, so that several lines of one name are several lines.
    private async Task<ConformanceAnswer> AskOverHttp11Async(ConformanceRequest request, CancellationToken cancellationToken)
    {
        await using var stream = await TestClient.ConnectAsync(standalone.Gateway.EndPoint, standalone.FrontRoot, request.ServerName, cancellationToken);
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{request.Method} {request.Target} HTTP/1.1\r\nHost: {request.Host}\r\n");
        foreach (var (name, value) in request.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        head.Append(request.HasBody ? "Content-Length: 0\r\nConnection: close\r\n\r\n" : "Connection: close\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ToString()), cancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);

        return ConformanceAnswer.Of(await reader.ReadToEndAsync(cancellationToken));
    }

    private async Task<ConformanceAnswer> AskOverHttp2Async(ConformanceRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri($"https://{request.Host}{request.Target}", AsWritten))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = request.HasBody ? new ByteArrayContent([]) : null,
        };
        message.Headers.Host = request.Host;
        foreach (var (name, value) in request.Headers)
        {
            Assert.True(message.Headers.TryAddWithoutValidation(name, value) || message.Content!.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await http2.SendAsync(message, cancellationToken);

        return ConformanceAnswer.Of(response);
    }

    private async Task StartAsync(string name, TestAuthority authority, CertificateRecipe certificate, CancellationToken cancellationToken) =>
        backends[name] = await TlsBackend.StartAsync(new TlsBackendOptions { Name = name, Default = PresentedChain.Of(authority.Issue(certificate)) }, cancellationToken);

    private string WithPorts(string manifests) => backends
        .Select(backend => (Name: backend.Key, backend.Value.Port))
        .Append(("nobody", FreePorts.Next()))
        .Aggregate(manifests, (text, backend) => text.Replace($"${{port of {backend.Item1}}}", backend.Item2.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
}
