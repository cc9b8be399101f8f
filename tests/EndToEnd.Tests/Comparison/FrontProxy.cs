using System.Net;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Comparison;

/// <summary>One of Debian's proxies while it runs.</summary>
internal sealed class FrontProxy(RunningProcess process, TemporaryFolder folder, int port, TestAuthority front) : IAsyncDisposable
{
    public IPEndPoint EndPoint => new(IPAddress.Loopback, port);

    /// <param name="start">One of <see cref="Fronts"/>.</param>
    /// <param name="front">Issues its own certificate.</param>
    /// <param name="root">The company's, as PEM.</param>
    public static async Task<FrontProxy> StartAsync(
        Func<TemporaryFolder, FrontSetup, RunningProcess> start, TestAuthority front, string root, IEnumerable<ComparedRoute> routes, CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        var setup = Setup(folder, front, root, routes);
        var proxy = new FrontProxy(start(folder, setup), folder, setup.Port, front);
        try
        {
            await proxy.ListensAsync(cancellationToken);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <param name="folder">Its own, with nothing in it; belongs to it from here on.</param>
    /// <param name="front">Issues its own certificate.</param>
    /// <param name="root">The company's, as PEM.</param>
    public static FrontSetup Setup(TemporaryFolder folder, TestAuthority front, string root, IEnumerable<ComparedRoute> routes)
    {
        var certificate = front.Issue(CertificateRecipe.ForServer("*.front.test", "shop.test"));
        return new FrontSetup(
            FreePorts.Next(),
            folder.Write("front.crt", TestPem.Certificates(certificate)),
            folder.Write("front.key", TestPem.PrivateKey(certificate)),
            folder.Write("front.pem", TestPem.Certificates(certificate) + TestPem.PrivateKey(certificate)),
            folder.Write("root.crt", root),
            [.. routes]);
    }

    public HttpClient Client() => TestClient.To(EndPoint, front.Certificate);

    private Task ListensAsync(CancellationToken cancellationToken) => process.WaitUntilAsync(attempt => Listener.AcceptsAsync(port, attempt), cancellationToken);

    /// <summary>The answer, and the lines that it left in the log.</summary>
    public async Task<(Answer Answer, string[] Lines)> AskAsync(string host, CancellationToken cancellationToken)
    {
        var before = process.Output.Entries.Length;
        using var client = Client();
        var answer = await Answer.ToAsync(client, host, cancellationToken);
        return (answer, [.. process.Output.Entries.Skip(before)]);
    }

    public void Replace(string root) => folder.Write("root.crt", root);

    public async ValueTask DisposeAsync()
    {
        // Asked, not killed: Apache's children outlive a parent that had no time to end them.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await process.TerminateAsync(patience.Token);
        await process.DisposeAsync();
        folder.Dispose();
    }
}
