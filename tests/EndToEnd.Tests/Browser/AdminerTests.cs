using System.Text.Json;
using Portcullis.Architecture.Tests;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Peers;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Browser;

/// <summary>
/// A real application that redirects, sets cookies for its own path and knows nothing of the prefix it is published under: Debian's Adminer behind nginx, used in a real
/// browser. Run by <c>make test-browser</c>, which installs both.
/// </summary>
public sealed class AdminerTests : EndToEndTest
{
    private const string Origin = "https://tools.front.test";
    private const string Prefix = "/tools/adminer";

    [Fact(Explicit = true)]
    public async Task An_application_is_used_in_a_browser_under_a_prefix_it_does_not_know()
    {
        using var folder = new TemporaryFolder();
        var port = FreePorts.Next();
        await using var application = await ApplicationAsync(folder, port);
        var site = new PeerSite(FreePorts.Next(), "tools.corp.internal", PresentedChain.Of(Root.Issue("tools.corp.internal"))) { Application = port };
        await using var nginx = await Nginx.StartAsync([site], Cancellation);
        await using var standalone = await Standalone.StartAsync(
            Cancellation, ("bundle.yaml", Manifest.Bundle("company", Root.Certificate)), ("route.yaml", Route(site.Port)));

        var seen = await BrowseAsync(standalone.Gateway.EndPoint.Port, folder);

        Assert.StartsWith($"{Origin}{Prefix}/?sqlite=", seen.SignedInAt, StringComparison.Ordinal);
        Assert.Contains("portcullis", seen.Row, StringComparison.Ordinal);
        Assert.Equal(seen.Row, seen.AfterReload);
        Assert.StartsWith($"{Origin}{Prefix}/", seen.SignedOutAt, StringComparison.Ordinal);
        Assert.NotEmpty(seen.Cookies);
        Assert.All(seen.Cookies, cookie => Assert.StartsWith(Prefix, cookie.Path, StringComparison.Ordinal));
        Assert.Empty(seen.Outside);
        Assert.Empty(seen.Failed);
    }

    /// <summary>Signs everybody in: SQLite has no passwords, and Adminer wants to be told that this is meant.</summary>
    private async Task<RunningProcess> ApplicationAsync(TemporaryFolder folder, int port)
    {
        var router = folder.Write("router.php", """
            <?php
            $file = '/usr/share/adminer' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
            if (is_file($file) && !str_ends_with($file, '.php')) { return false; }
            function adminer_object() {
              class SignsEverybodyIn extends Adminer { function login($login, $password) { return true; } }
              return new SignsEverybodyIn;
            }
            chdir('/usr/share/adminer/adminer');
            include './index.php';
            """);
        var php = RunningProcess.Start("php", "/usr/bin/php", "-d", $"session.save_path={folder.Path}", "-d", "display_errors=0", "-S", $"127.0.0.1:{port}", "-t", "/usr/share/adminer", router);
        await php.WaitForLineAsync("Development Server", Cancellation);
        return php;
    }

    private async Task<Seen> BrowseAsync(int port, TemporaryFolder folder)
    {
        var scripts = Path.Combine(Repository.Root, "tests", "browser");
        await using var browser = RunningProcess.Start(
            "browser", "node", Path.Combine(scripts, "adminer.mjs"), Origin, Prefix, $"{port}", folder.Write("orders.db", ""));
        var status = await browser.ExitAsync(Cancellation);

        Assert.True(status == 0, browser.Printed);
        return JsonSerializer.Deserialize<Seen>(browser.Output.Entries[^1], JsonSerializerOptions.Web)!;
    }

    private static string Route(int port) => Manifest.Route(
        "tools",
        "tools.front.test",
        """
        - name: tools
          matches: [{path: {value: /tools}}]
          filters:
          - type: URLRewrite
            urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}
          - type: ReverseMapping
            reverseMapping: {}
          backendRefs: [{name: backend}]
        """,
        [port],
        "company",
        "tools.corp.internal");

    private sealed record Seen(string SignedInAt, string Row, string AfterReload, string SignedOutAt, Cookie[] Cookies, string[] Outside, string[] Failed);

    private sealed record Cookie(string Name, string Path, bool Secure, bool HttpOnly);
}
