using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.Gateway.Tests.Hosting.Smuggling;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Comparison.Smuggling;

/// <summary>
/// The requests of payloads.tsv, which two parties could read differently, sent through this gateway and through Debian's nginx, Apache and HAProxy; what comes out behind
/// each is judged by <see cref="StrictReader"/>. Run by <c>make compare</c>; what is asserted is ours alone.
/// </summary>
public sealed class SmugglingComparisonTests : IDisposable
{
    private const string Host = "shop.test";
    private static readonly string[] Names = ["Portcullis", "nginx", "Apache", "HAProxy"];
    private static readonly TimeSpan LongestRow = TimeSpan.FromSeconds(20);

    private readonly TestAuthority root = TestAuthority.CreateRoot("Company Root");
    private readonly TestAuthority front = TestAuthority.CreateRoot("Front Root");
    private readonly CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public SmugglingComparisonTests() => patience.CancelAfter(TimeSpan.FromMinutes(10));

    private CancellationToken Cancellation => patience.Token;

    public void Dispose()
    {
        patience.Dispose();
        front.Dispose();
        root.Dispose();
    }

    [Fact(Explicit = true)]
    public async Task What_comes_out_behind_each_proxy_is_read_strictly()
    {
        var judged = await Task.WhenAll(OursAsync(), TheirsAsync(Fronts.Nginx), TheirsAsync(Fronts.Apache), TheirsAsync(Fronts.Haproxy));

        var rows = Payload.All.Select((payload, number) => (payload.Sentence, Judgements: judged.Select(proxy => proxy[number]).ToArray())).ToArray();
        await ComparisonReport.WriteAsync("requests", SmugglingTable.Of(Names, rows), await EvidenceAsync(rows), Cancellation);

        // One exception, on purpose: characters that the grammar of URIs wants encoded pass in the client's own words.
        Assert.Equal(["a path passes in the client's own words"], rows.Where(row => row.Judgements[0].Outcome == Outcome.Ambiguous).Select(row => row.Sentence));
    }

    private async Task<Judgement[]> OursAsync()
    {
        await using var backend = Backend();
        await using var standalone = await Standalone.StartAsync(
            Cancellation,
            ("bundle.yaml", Manifest.Bundle("company", root.Certificate)),
            ("route.yaml", Manifest.Route("shop", Host, backend.Port, "company", ComparedCase.Identity)));
        await standalone.AnswersAsync(Host, 200);
        return await JudgedAsync(standalone.Gateway.EndPoint, standalone.FrontRoot, backend);
    }

    private async Task<Judgement[]> TheirsAsync(Func<TemporaryFolder, FrontSetup, RunningProcess> start)
    {
        await using var backend = Backend();
        await using var proxy = await FrontProxy.StartAsync(start, front, root.Pem, [new ComparedRoute(Host, backend.Port, KeepsHost: true)], Cancellation);
        return await JudgedAsync(proxy.EndPoint, front.Certificate, backend);
    }

    // For the Host too: Apache asks for it and checks it once it is kept.
    private CollectingBackend Backend() => new(root.Issue(CertificateRecipe.ForServer(ComparedCase.Identity, Host, "evil.test")));

    private async Task<Judgement[]> JudgedAsync(IPEndPoint proxy, X509Certificate2 trusted, CollectingBackend backend)
    {
        await backend.TakeAsync(Cancellation);
        var judged = new List<Judgement>();
        foreach (var payload in Payload.All)
        {
            var answers = await SayAsync(proxy, trusted, payload.Sent);
            judged.Add(Judgement.Of(payload.Sent, await backend.TakeAsync(Cancellation), answers));
        }

        return [.. judged];
    }

    /// <summary>The statuses that came back until the proxy closed the connection.</summary>
    private async Task<string> SayAsync(IPEndPoint proxy, X509Certificate2 trusted, string bytes)
    {
        using var row = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        row.CancelAfter(LongestRow);
        await using var stream = await TestClient.ConnectAsync(proxy, trusted, Host, row.Token);
        using var answers = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), row.Token);

            // From here on nothing more will come: what is incomplete stays so, and the proxy need not wait.
            await stream.ShutdownAsync();
            await stream.CopyToAsync(answers, row.Token);
        }
        catch (IOException)
        {
            // Reset, which ends a connection as well.
        }

        return string.Join(' ', Regex.Matches(Encoding.Latin1.GetString(answers.ToArray()), "HTTP/1\\.[01] ([0-9]{3})").Select(line => line.Groups[1].Value));
    }

    private async Task<StringBuilder> EvidenceAsync((string Sentence, Judgement[] Judgements)[] rows)
    {
        var text = new StringBuilder();
        foreach (var (file, option) in new[] { ("/usr/sbin/nginx", "-v"), ("/usr/sbin/apache2", "-v"), (Fronts.HaproxyProgram, "-v") })
        {
            await using var asked = RunningProcess.Start(file, file, option);
            await asked.ExitAsync(Cancellation);
            text.Append(CultureInfo.InvariantCulture, $"{asked.Output.Entries.FirstOrDefault()}\n");
        }

        foreach (var (sentence, judgements) in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{sentence}\n");
            foreach (var (name, judgement) in Names.Zip(judgements))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {name}: {judgement.Answer}: {judgement.Outcome} {string.Join(", ", judgement.Doubts)}\n");
            }
        }

        return text;
    }
}
