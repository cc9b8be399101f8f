using System.Globalization;
using System.Text;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Comparison;

/// <summary>
/// The same backends behind this gateway and behind Debian's nginx, Apache and HAProxy, each told to verify them as its manual says. Run by <c>make compare</c>, which leaves
/// the tables in artifacts/comparison.md; what is asserted is ours alone.
/// </summary>
public sealed class ComparisonTests : EndToEndTest
{
    private const string Careless = "careless.front.test";
    private readonly TestAuthority other = TestAuthority.CreateRoot("Other Root");
    private readonly TestAuthority front = TestAuthority.CreateRoot("Front Root");

    [Fact(Explicit = true)]
    [Trait("Promise", "P1")]
    public async Task Each_proxy_judges_the_same_backends()
    {
        await using var backends = await Backends.StartAsync(Root, other, Cancellation);
        ComparedRoute[] routes = [.. backends.Ports.Select((port, number) => new ComparedRoute(Host(number), port))];
        var careless = new ComparedRoute(Careless, backends.Ports[FromAnotherCa], Careless: true);
        await using var standalone = await Standalone.StartAsync(Cancellation, [("bundle.yaml", Manifest.Bundle("company", Root.Certificate)), .. routes.Select(Route)]);
        await using var nginx = await StartAsync(Fronts.Nginx, [.. routes, careless]);
        await using var apache = await StartAsync(Fronts.Apache, [.. routes, careless]);
        await using var haproxy = await StartAsync(Fronts.Haproxy, routes);
        var table = new StringBuilder("| the backend's certificate | Portcullis | nginx | Apache | HAProxy |\n|---|---|---|---|---|\n");
        var words = new StringBuilder();

        foreach (var (number, compared) in ComparedCase.All.Index())
        {
            var ours = await standalone.AnswersAsync(Host(number), compared.Code is null ? 200 : 502);
            var theirs = new List<string>();

            foreach (var (name, proxy) in new[] { ("nginx", nginx), ("Apache", apache), ("HAProxy", haproxy) })
            {
                var (answer, lines) = await proxy.AskAsync(Host(number), Cancellation);
                theirs.Add(answer.Status == 200 ? "**200**" : Text(answer.Status));
                words.Append(CultureInfo.InvariantCulture, $"{compared.Sentence} · {name}:\n{string.Join('\n', lines)}\n\n");
            }

            table.Append(CultureInfo.InvariantCulture, $"| {compared.Sentence} | {(ours.Status == 200 ? "**200**" : $"{ours.Status} {CodeOf(ours)}")} | {string.Join(" | ", theirs)} |\n");
            Assert.Contains(compared.Code ?? "", ours.ProxyStatus, StringComparison.Ordinal);
        }

        table.Append(CultureInfo.InvariantCulture, $"| from another CA, and not a line about verification | refused by the schema | {await StatusAsync(nginx)} | {await StatusAsync(apache)} | {await StartsAsync([careless])} |\n");
        table.Append(CultureInfo.InvariantCulture, $"\nThe CA is replaced in its file; nobody reloads anything:\n\n| | Portcullis | nginx | Apache | HAProxy |\n|---|---|---|---|---|\n");
        standalone.Write("bundle.yaml", Manifest.Bundle("company", other.Certificate));
        nginx.Replace(other.Pem);
        apache.Replace(other.Pem);
        haproxy.Replace(other.Pem);
        await RowAsync("a backend of the new CA", FromAnotherCa, 200);
        await RowAsync("a backend of the old CA", AsItShouldBe, 502);

        await ComparisonReport.WriteAsync("backends", table, words, Cancellation);

        async Task RowAsync(string sentence, int number, int expected)
        {
            var ours = await standalone.AnswersAsync(Host(number), expected);
            table.Append(CultureInfo.InvariantCulture, $"| {sentence} | {ours.Status} {CodeOf(ours)} | {await StatusOfAsync(nginx, number)} | {await StatusOfAsync(apache, number)} | {await StatusOfAsync(haproxy, number)} |\n");
        }
    }

    private static int AsItShouldBe => 0;

    private static int FromAnotherCa => ComparedCase.All.Index().Single(compared => compared.Item.Sentence == "from another CA").Index;

    private static string Host(int number) => $"case-{number}.front.test";

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static string CodeOf(Answer answer) => answer.ProxyStatus.Split('"') is [_, var code, ..] ? code : "";

    private static (string File, string Content) Route(ComparedRoute route, int number) =>
        ($"route-{number}.yaml", Manifest.Route($"case-{number}", route.Host, route.Port, "company", ComparedCase.Identity));

    private Task<FrontProxy> StartAsync(Func<TemporaryFolder, FrontSetup, RunningProcess> start, ComparedRoute[] routes) =>
        FrontProxy.StartAsync(start, front, Root.Pem, routes, Cancellation);

    private async Task<string> StatusAsync(FrontProxy proxy) => Text((await proxy.AskAsync(Careless, Cancellation)).Answer.Status);

    private async Task<string> StatusOfAsync(FrontProxy proxy, int number) => Text((await proxy.AskAsync(Host(number), Cancellation)).Answer.Status);

    private async Task<string> StartsAsync(ComparedRoute[] routes)
    {
        using var folder = new TemporaryFolder();
        await using var check = Fronts.HaproxyCheck(folder, FrontProxy.Setup(folder, front, Root.Pem, routes));
        return await check.ExitAsync(Cancellation) == 0 ? "starts" : "does not start";
    }

    /// <summary>One for each case.</summary>
    private sealed class Backends : IAsyncDisposable
    {
        private readonly List<TlsBackend> started = [];

        public IReadOnlyList<int> Ports => [.. started.Select(backend => backend.Port)];

        public static async Task<Backends> StartAsync(TestAuthority root, TestAuthority other, CancellationToken cancellationToken)
        {
            var backends = new Backends();

            foreach (var compared in ComparedCase.All)
            {
                backends.started.Add(await TlsBackend.StartAsync(compared.Chain(root, other), cancellationToken));
            }

            return backends;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var backend in started)
            {
                await backend.DisposeAsync();
            }
        }
    }
}
