using System.Net;
using System.Security.Cryptography.X509Certificates;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;
using Portcullis.TestKit.Standalone;

namespace Portcullis.EndToEnd.Tests.Running;

/// <summary>A folder of manifests with the real operator and the real gateway over it, each a process of its own.</summary>
internal sealed class Standalone : IAsyncDisposable
{
    // A wildcard in a certificate stands for one label, that of a route for any number.
    private static readonly string[] FrontNames =
        ["*.front.test", "*.many.test", "*.example.com", "*.wild.front.test", "*.deep.wild.front.test", "*.other.wild.front.test", "shop.test"];

    private readonly TemporaryFolder folder = new();
    private readonly TestAuthority front = TestAuthority.CreateRoot("Front Root");
    private readonly CancellationToken cancellation;

    private Standalone(CancellationToken cancellation) => this.cancellation = cancellation;

    public OperatorProcess Operator { get; private set; } = null!;

    public GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>What vouches for the gateway's own certificate.</summary>
    public X509Certificate2 FrontRoot => front.Certificate;

    /// <summary>Starts both once the manifests lie there, so that the first configuration has them all.</summary>
    public static async Task<Standalone> StartAsync(CancellationToken cancellation, params (string File, string Content)[] manifests)
    {
        var standalone = new Standalone(cancellation);
        standalone.Write("front.yaml", Manifest.TlsSecret("front", standalone.front.Issue(CertificateRecipe.ForServer(FrontNames))));
        foreach (var (file, content) in manifests)
        {
            standalone.Write(file, content);
        }

        Directory.CreateDirectory(standalone.folder["gateway"]);
        try
        {
            standalone.Operator = await OperatorProcess.StartAsync(
                standalone.folder["manifests"], standalone.folder["state"], $"{Manifest.Namespace}/front", cancellation);
            standalone.Gateway = await GatewayProcess.StartAsync(standalone.Operator, standalone.folder["gateway", "configuration"], httpsPort: 0, cancellation);
        }
        catch
        {
            // The operator would outlive the test.
            await standalone.DisposeAsync();
            throw;
        }

        return standalone;
    }

    /// <summary>Applies a manifest, as an editor or a checkout does.</summary>
    public void Write(string file, string content) => folder.Write(Path.Combine("manifests", file), content);

    public void Delete(string file) => File.Delete(folder["manifests", file]);

    public HttpClient Client() => Client(HttpVersion.Version11);

    public HttpClient Client(Version version) => TestClient.To(Gateway.EndPoint, FrontRoot, version);

    /// <summary>Waits until the gateway answers so for this host; an edit takes its way through operator, stream and mount.</summary>
    public async Task<Answer> AnswersAsync(string host, int status)
    {
        using var client = Client();
        var answer = await Answer.ToAsync(client, host, cancellation);
        while (answer.Status != status)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.False(cancellation.IsCancellationRequested, $"{host} answers {answer}, not {status}. {Operator.Process.Printed}{Gateway.Process.Printed}");
            answer = await Answer.ToAsync(client, host, cancellation);
        }

        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        if (Operator is not null)
        {
            await Operator.DisposeAsync();
        }

        front.Dispose();
        folder.Dispose();
    }
}
