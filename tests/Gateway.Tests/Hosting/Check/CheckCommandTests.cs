using System.Diagnostics;
using System.Text.Json;
using Portcullis.Gateway.Hosting.Check;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Check;

public sealed class CheckCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("portcullis-check");
    private readonly TestAuthority root = TestAuthority.CreateRoot("Corp Root");
    private readonly TestAuthority issuing;
    private readonly string roots;
    private readonly string chain;

    public CheckCommandTests()
    {
        issuing = root.CreateIntermediate("Corp Issuing CA");
        roots = Write("ca.pem", root.Pem);
        chain = Write("chain.pem", TestPem.Certificates(issuing.Issue("shop.test"), issuing.Certificate));
    }

    public void Dispose()
    {
        issuing.Dispose();
        root.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_trusted_chain_ends_with_0()
    {
        var (status, output, error) = await RunAsync("--roots", roots, "--chain", chain, "--name", "shop.test");

        Assert.Equal(0, status);
        Assert.Equal("trusted  CN=shop.test < CN=Corp Issuing CA < CN=Corp Root", output.Trim());
        Assert.Empty(error);
    }

    [Fact]
    public async Task A_refused_chain_ends_with_1_and_says_why_and_what_to_do()
    {
        var (status, output, _) = await RunAsync("--roots", roots, "--chain", chain, "--name", "other.test");

        Assert.Equal(1, status);
        Assert.StartsWith("refused  PC2005 HostnameMismatch: ", output, StringComparison.Ordinal);
        Assert.Contains("fix      If it is the right server", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_moment_can_be_chosen()
    {
        Assert.Equal(1, (await RunAsync("--roots", roots, "--chain", chain, "--name", "shop.test", "--at", "2060-01-01T00:00:00Z")).Status);
        Assert.Equal(0, (await RunAsync("--roots", roots, "--chain", chain, "--name", "shop.test", "--at", "2030-01-01")).Status);
    }

    [Fact]
    public async Task Json_holds_the_verdict_and_its_words()
    {
        var trusted = JsonSerializer.Deserialize<JsonElement>((await RunAsync("--roots", roots, "--chain", chain, "--name", "shop.test", "-o", "json")).Output);
        var refused = JsonSerializer.Deserialize<JsonElement>((await RunAsync("--roots", roots, "--chain", chain, "--name", "10.0.0.7", "-o", "json")).Output);

        Assert.True(trusted.GetProperty("accept").GetBoolean());
        Assert.Equal("Trusted", trusted.GetProperty("verdict").GetProperty("verdict").GetString());
        Assert.False(refused.GetProperty("accept").GetBoolean());
        Assert.Equal("PC2005", refused.GetProperty("code").GetString());
        Assert.Equal("HostnameMismatch", refused.GetProperty("verdict").GetProperty("reason").GetString());
        Assert.NotEmpty(refused.GetProperty("message").GetString()!);
        Assert.NotEmpty(refused.GetProperty("remedy").GetString()!);
        Assert.Equal("Ip", refused.GetProperty("verdict").GetProperty("evidence").GetProperty("namesChecked")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Wrong_usage_ends_with_2_and_names_what_is_wrong()
    {
        var empty = Write("empty.pem", "nothing here");
        var key = Write("key.pem", root.Key.ExportPem());
        var garbled = Write("garbled.pem", root.Pem.Replace("MII", "MIX", StringComparison.Ordinal));
        var truncated = Write("truncated.pem", root.Pem + "\n-----BEGIN CERTIFICATE-----\nMIIB\n");
        (string[] Arguments, string Says)[] wrong =
        [
            (["--chain", chain, "--name", "shop.test"], "--roots is missing"),
            (["--roots", roots, "--name", "shop.test"], "--chain is missing"),
            (["--roots", roots, "--chain", chain], "--name is missing"),
            (["--roots", roots, "--chain", chain, "--name", "shop.test", "--at", "tomorrow"], "--at tomorrow"),
            (["--roots", Path.Combine(folder.FullName, "absent.pem"), "--chain", chain, "--name", "shop.test"], "absent.pem: there is no such file"),
            (["--roots", roots, "--chain", chain, "--name", ""], "--name must be"),
            (["--roots", roots, "--chain", chain, "--name", "a b"], "'a b'"),
            (["--roots", roots, "--chain", chain, "--name", "*.test"], "'*.test'"),
            (["--roots", empty, "--chain", chain, "--name", "shop.test"], "contains no certificate"),
            (["--roots", key, "--chain", chain, "--name", "shop.test"], "private key"),
            (["--roots", garbled, "--chain", chain, "--name", "shop.test"], "is not a certificate"),
            (["--roots", truncated, "--chain", chain, "--name", "shop.test"], "1 of its 2 blocks"),
        ];

        foreach (var (arguments, says) in wrong)
        {
            var (status, output, error) = await RunAsync(arguments);

            Assert.Equal(2, status);
            Assert.Empty(output);
            Assert.Contains(says, error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--output must be text or json; it is 'yaml'.", "-o", "yaml")]
    [InlineData("--batch has its questions from standard input and answers in JSON; leave out --roots, --output.", "--batch", "--roots", "ca.pem", "-o", "json")]
    public void Options_that_would_be_ignored_are_named(string says, params string[] arguments)
    {
        Assert.Equal(says, Assert.Single(CheckCommand.Create().Parse(arguments).Errors).Message);
    }

    [Fact]
    public async Task Certificates_lying_about_on_the_machine_do_not_help()
    {
        // The platform's chain builder reads these folders, whatever the trust mode.
        var certificates = folder.CreateSubdirectory("certs");
        await File.WriteAllTextAsync(Path.Combine(certificates.FullName, "issuing.pem"), issuing.Pem, TestContext.Current.CancellationToken);
        var leafOnly = Write("leaf.pem", issuing.Issue("shop.test").ExportCertificatePem());
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [typeof(CheckCommand).Assembly.Location, "check", "--roots", roots, "--chain", leafOnly, "--name", "shop.test"])
        {
            RedirectStandardOutput = true,
            Environment = { ["SSL_CERT_DIR"] = certificates.FullName, ["HOME"] = folder.FullName },
        };

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("refused  PC2002 IncompleteChain", output, StringComparison.Ordinal);
        Assert.Equal(1, process.ExitCode);
    }

    private static async Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = await CheckCommand.Create().Parse(arguments).InvokeAsync(
            new System.CommandLine.InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);

        return (status, output.ToString(), error.ToString());
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }
}
