using System.CommandLine;
using System.Net;
using System.Runtime.Versioning;
using Portcullis.Gateway.Hosting;
using Portcullis.Gateway.Hosting.Access;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Proxy;
using Portcullis.Hosting;
using Portcullis.TestKit.Processes;

namespace Portcullis.Gateway.Tests.Hosting;

public sealed class RunCommandTests : IDisposable
{
    private static readonly string[] Needed =
        ["--operator", "https://127.0.0.1:9443", "--operator-ca", "ca.crt", "--token-file", "token", "--bundles", "bundles"];

    private readonly StringWriter told = new();
    private GatewayOptions? started;

    public void Dispose() => told.Dispose();

    [Fact]
    public async Task What_is_given_is_what_starts()
    {
        var status = await RunAsync(
        [
            .. Needed, "--bundles", "more,most", "--name", "edge", "--pod-name", "edge-1", "--pod-uid", "u-1", "--saved", "saved",
            "--https", "127.0.0.1:8443,[::1]:8443", "--https", ":9443", "--health", "localhost:8081", "--allow-network", "127.0.0.0/8", "--allow-network", "fd00::/8",
            "--trusted-proxy", "10.0.0.0/8,fd00::/8", "--trusted-proxy", "192.0.2.1/32",
            "--max-connections", "5", "--max-connections-per-client", "3", "--drain-delay", "1500ms", "--drain-timeout", "2m", "--log", "json", "--access-log", "failures",
        ]);

        Assert.Equal(0, status);
        Assert.NotNull(started);
        Assert.Equal(new Uri("https://127.0.0.1:9443"), started.Link.Operator);
        Assert.Equal(("ca.crt", "token", "edge", "edge-1", "u-1", "saved"), (started.Link.CaFile, started.Link.TokenFile, started.Link.Gateway, started.Link.PodName, started.Link.PodUid, started.Link.SavedConfiguration));
        Assert.Equal(["bundles", "more", "most"], started.BundleDirectories);
        Assert.Equal([new ListenAddress(IPAddress.Loopback, 8443), new ListenAddress(IPAddress.IPv6Loopback, 8443), new ListenAddress(null, 9443)], started.Https);
        Assert.Equal(new ListenAddress(IPAddress.Loopback, 8081), started.Health);
        Assert.Equal([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("fd00::/8")], started.AllowedNetworks);
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8"), IPNetwork.Parse("192.0.2.1/32")], started.TrustedProxies);
        Assert.Equal(3, started.Front.ConnectionsPerClient);
        Assert.Equal(AccessLogMode.Failures, started.AccessLog);
        Assert.Equal((5L, TimeSpan.FromSeconds(1.5), TimeSpan.FromMinutes(2), LogFormat.Json), (started.Front.Connections, started.Drain.Delay, started.Drain.Timeout, started.Log));
    }

    [Fact]
    public async Task The_rest_has_safe_defaults()
    {
        await RunAsync(Needed);

        Assert.NotNull(started);
        Assert.Equal("default", started.Link.Gateway);
        Assert.Equal([new ListenAddress(null, 8443)], started.Https);
        Assert.Empty(started.AllowedNetworks);
        Assert.Empty(started.TrustedProxies);
        Assert.Null(started.Health);
        Assert.Null(started.Certificate);
        Assert.Null(started.Link.SavedConfiguration);
        Assert.Equal(TimeSpan.Zero, started.Drain.Delay);
        Assert.Equal(AccessLogMode.None, started.AccessLog);
        Assert.Equal((5_000, 1_000), (started.Front.Connections, started.Front.ConnectionsPerClient));
    }

    [Fact]
    public async Task Every_limit_can_be_set_and_has_a_default()
    {
        await RunAsync(
        [
            .. Needed,
            "--max-connections", "1", "--max-connections-per-client", "2", "--max-handshakes", "3", "--handshake-timeout", "4s", "--header-timeout", "5s", "--keep-alive", "6s",
            "--max-header-bytes", "7", "--max-headers", "8", "--max-request-line", "9", "--min-rate", "10", "--max-streams", "11", "--max-control-frames", "12",
            "--max-requests", "13", "--max-requests-per-route", "14", "--max-requests-per-client", "15", "--max-request-rate-per-client", "16", "--max-body-bytes", "1000000000000",
        ]);

        Assert.NotNull(started);
        Assert.Equal(
            new FrontLimits
            {
                Connections = 1,
                ConnectionsPerClient = 2,
                Handshakes = 3,
                HandshakeTimeout = TimeSpan.FromSeconds(4),
                HeaderTimeout = TimeSpan.FromSeconds(5),
                KeepAlive = TimeSpan.FromSeconds(6),
                HeaderBytes = 7,
                Headers = 8,
                RequestLineBytes = 9,
                MinimumRate = 10,
                Streams = 11,
                ControlFrames = 12,
            },
            started.Front);
        Assert.Equal(new RequestLimits { All = 13, PerRoute = 14, PerClient = 15, RatePerClient = 16, BodyBytes = 1_000_000_000_000 }, started.Requests);

        await RunAsync(Needed);
        Assert.Equal(new FrontLimits(), started.Front);
        Assert.Equal(new RequestLimits(), started.Requests);
    }

    [Fact]
    public void Everything_that_is_missing_is_named_at_once_with_an_example()
    {
        var errors = Errors([]);

        Assert.Equal(4, errors.Length);
        Assert.Contains(errors, error => error.Contains("--operator ", StringComparison.Ordinal) && error.Contains("https://127.0.0.1:9443", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("--operator-ca", StringComparison.Ordinal) && error.Contains("state/link/ca.crt", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("--token-file", StringComparison.Ordinal) && error.Contains("state/link/token", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("--bundles", StringComparison.Ordinal) && error.Contains("state/bundles", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--operator", "http://127.0.0.1:9443", "https://127.0.0.1:9443")]
    [InlineData("--operator", "127.0.0.1:9443", "https://127.0.0.1:9443")]
    [InlineData("--https", "8443", "127.0.0.1:8443")]
    [InlineData("--https", "127.0.0.1:70000", "127.0.0.1:8443")]
    [InlineData("--https", "127.0.0.1:8443,", "127.0.0.1:8443")]
    [InlineData("--https", "::1:8443", "127.0.0.1:8443")]
    [InlineData("--https", "example.com:8443", "127.0.0.1:8443")]
    [InlineData("--health", "8081", "127.0.0.1:8081")]
    [InlineData("--allow-network", "127.0.0.0/33", "127.0.0.0/8")]
    [InlineData("--allow-network", "loopback", "127.0.0.0/8")]
    [InlineData("--trusted-proxy", "10.0.0.1/33", "10.0.0.0/8")]
    [InlineData("--drain-delay", "10", "10s")]
    [InlineData("--drain-timeout", "-3s", "30s")]
    [InlineData("--drain-timeout", "25h", "30s")]
    [InlineData("--max-connections", "0", "5000")]
    [InlineData("--max-connections-per-client", "0", "1000")]
    [InlineData("--max-handshakes", "many", "1000")]
    [InlineData("--handshake-timeout", "10", "10s")]
    [InlineData("--handshake-timeout", "0s", "10s")]
    [InlineData("--header-timeout", "999ms", "10s")]
    [InlineData("--keep-alive", "25h", "60s")]
    [InlineData("--max-header-bytes", "-1", "32768")]
    [InlineData("--max-headers", "0", "100")]
    [InlineData("--max-request-line", "8k", "8192")]
    [InlineData("--min-rate", "0", "240")]
    [InlineData("--max-streams", "0", "100")]
    [InlineData("--max-control-frames", "0", "1000")]
    [InlineData("--max-requests", "0", "2000")]
    [InlineData("--max-requests-per-route", "0", "1200")]
    [InlineData("--max-requests-per-client", "0", "750")]
    [InlineData("--max-request-rate-per-client", "0", "200")]
    [InlineData("--max-body-bytes", "1m", "10485760")]
    [InlineData("--log", "xml", "json")]
    [InlineData("--access-log", "off", "failures")]
    [InlineData("--name", "my gateway", "default")]
    public void A_wrong_value_is_answered_with_its_option_and_a_right_one(string option, string value, string example)
    {
        var needed = option == "--operator" ? Needed[2..] : Needed;

        var error = Assert.Single(Errors([.. needed, option, value]));

        Assert.StartsWith(option, error, StringComparison.Ordinal);
        Assert.Contains(example, error, StringComparison.Ordinal);
        Assert.Contains($"'{value.Split(',')[^1]}'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_unknown_is_ignored()
    {
        Assert.NotEmpty(Errors([.. Needed, "--insecure"]));
        Assert.NotEmpty(Errors([.. Needed, "stray"]));
    }

    [Fact]
    public void A_certificate_needs_its_key()
    {
        Assert.Contains("belong together", Assert.Single(Errors([.. Needed, "--certificate", "chain.pem"])), StringComparison.Ordinal);
        Assert.Contains("belong together", Assert.Single(Errors([.. Needed, "--key", "key.pem"])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_stops_the_start()
    {
        var status = await RunAsync([.. Needed, "--certificate", "/nowhere/chain.pem", "--key", "/nowhere/key.pem"]);

        Assert.Equal(2, status);
        Assert.Null(started);
        Assert.Contains("/nowhere/chain.pem", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P9")]
    [UnsupportedOSPlatform("windows")]
    public async Task The_folder_of_the_saved_configuration_is_made_and_only_its_owner_enters_it()
    {
        using var folder = new TemporaryFolder();

        var status = await RunAsync([.. Needed, "--saved", folder["new", "configuration"]]);

        Assert.Equal(0, status);
        Assert.NotNull(started);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["new"]));
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_place_where_nothing_can_be_saved_stops_the_start()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "");

        var below = await RunAsync([.. Needed, "--saved", Path.Combine(file, "configuration")]);
        var itself = await RunAsync([.. Needed, "--saved", folder.Path]);

        Assert.Equal((2, 2), (below, itself));
        Assert.Null(started);
        var lines = told.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("--saved must name a file", line, StringComparison.Ordinal));
        Assert.Contains(file, lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    public async Task Everybody_is_no_proxy(string everybody)
    {
        Assert.Equal(2, await RunAsync([.. Needed, "--trusted-proxy", everybody]));

        Assert.Null(started);
        Assert.Contains($"--trusted-proxy {everybody} would believe every client", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_that_collide_are_named()
    {
        var options = new GatewayOptions
        {
            Link = new() { Operator = new Uri("https://127.0.0.1:1"), CaFile = "ca", TokenFile = "token" },
            BundleDirectories = ["bundles"],
            Https = [new ListenAddress(null, 8443), new ListenAddress(null, 8443)],
            Health = new ListenAddress(null, 8443),
        };

        var problems = options.Problems().ToArray();

        Assert.Equal(["--https", "--health"], problems.Select(problem => problem.Split(' ')[0]));
    }

    private static string[] Errors(string[] arguments) =>
        [.. RunCommand.Create(_ => Task.FromResult(0)).Parse(arguments).Errors.Select(error => error.Message)];

    private Task<int> RunAsync(string[] arguments)
    {
        var parsed = RunCommand.Create(Started).Parse(arguments);
        Assert.Empty(parsed.Errors);

        return parsed.InvokeAsync(new InvocationConfiguration { Error = told }, TestContext.Current.CancellationToken);
    }

    private Task<int> Started(GatewayOptions options)
    {
        started = options;
        return Task.FromResult(0);
    }
}
