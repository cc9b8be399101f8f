using System.Collections.Immutable;
using System.Net.Security;
using System.Text;
using Portcullis.Gateway.Hosting.Access;
using Portcullis.Gateway.Tests.Hosting.Kit;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Smuggling;

/// <summary>The whole gateway, as it is started, in front of a backend that keeps every byte.</summary>
public sealed class SmugglingGateway : IAsyncLifetime
{
    private const string Host = "shop.test";
    private readonly TestAuthority company = TestAuthority.CreateRoot("company");
    private WholeGateway gateway = null!;

    public async ValueTask InitializeAsync() =>
        gateway = await WholeGateway.StartAsync(options => options with { AccessLog = AccessLogMode.All }, TestContext.Current.CancellationToken, Host);

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        company.Dispose();
    }

    /// <summary>Everything that came back, and everything that a backend of its own received, once the gateway has closed the connection.</summary>
    public async Task<Outcome> SayAsync(string bytes, CancellationToken cancellationToken)
    {
        using var certificate = company.Issue("orders.internal");
        await using var backend = new RecordingBackend(certificate);
        var logged = gateway.Log.Lines.Entries.Length;
        gateway.Serve(Make.Mounts(company), Make.Route(Make.Backend(backend.Port)), Make.Bundle(company));
        await using var stream = await TestClient.ConnectAsync(gateway.EndPoint, gateway.Root, Host, cancellationToken);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), cancellationToken);

        // From here on nothing more will come: what is incomplete stays so, and the gateway need not wait.
        await stream.ShutdownAsync();
        var answers = await ReadToEndAsync(stream, cancellationToken);

        return new Outcome(answers, backend.Received, backend.Heads, await LoggedAsync(backend, logged, cancellationToken));
    }

    /// <summary>What the gateway logged as sent to this backend; a line comes when its request is done. An earlier backend may have had the same port.</summary>
    private async Task<string[]> LoggedAsync(RecordingBackend backend, int since, CancellationToken cancellationToken)
    {
        var endpoint = $"Endpoint=127.0.0.1:{backend.Port} ";
        var lines = await gateway.Log.Lines.WaitAsync(entries => Here(entries).Count() >= backend.Heads.Length, cancellationToken);

        return [.. Here(lines)];

        IEnumerable<string> Here(ImmutableArray<LogLine> entries) =>
            entries.Skip(since).Select(line => line.Message).Where(line => line.Contains(endpoint, StringComparison.Ordinal));
    }

    private static async Task<string> ReadToEndAsync(SslStream stream, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        try
        {
            await stream.CopyToAsync(bytes, cancellationToken);
        }
        catch (IOException)
        {
            // Reset, which ends a connection as well.
        }

        return Encoding.Latin1.GetString(bytes.ToArray());
    }

    /// <param name="Answers">To the client.</param>
    /// <param name="Received">By the backend.</param>
    /// <param name="Heads">Of that, each request's line and headers.</param>
    /// <param name="Logged">By the gateway, of what it sent there.</param>
    public sealed record Outcome(string Answers, string Received, string[] Heads, string[] Logged);
}
