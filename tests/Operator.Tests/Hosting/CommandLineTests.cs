using System.CommandLine;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Hosting;
using Portcullis.Operator.Hosting;
using Portcullis.TestKit.Pki;

namespace Portcullis.Operator.Tests.Hosting;

public sealed class CommandLineTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("portcullis-manifests-").FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter errors = new();
    private StandaloneOptions? started;

    public void Dispose()
    {
        output.Dispose();
        errors.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_run_is_told_what_was_said()
    {
        var status = await InvokeAsync(
            "run", "--manifests", folder, "--state", "somewhere", "--listen", "[::1]:9555", "--health", "localhost:9556",
            "--gateway", "one", "--gateway", "two,three", "--default-certificate", "shop/front.tls", "--log", "json");

        Assert.Equal(0, status);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 9555), started!.Listen);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9556), started.Health);
        Assert.Equal(["one", "two", "three"], started.Translation.Gateways.Select(gateway => gateway.Name));
        Assert.All(started.Translation.Gateways, gateway => Assert.Equal(new ResourceKey("shop", "front.tls"), gateway.DefaultCertificate));
        Assert.Equal(LogFormat.Json, started.Log);
    }

    [Fact]
    [Trait("Promise", "P10")]
    public async Task The_operators_own_addresses_are_forbidden_to_every_route()
    {
        await InvokeAsync("run", "--manifests", folder, "--state", "somewhere", "--listen", "[::1]:9555", "--health", "127.0.0.1:9556");

        Assert.Equal(["[::1]:9555", "127.0.0.1:9556"], started!.Translation.ForbiddenEndpoints);
    }

    [Theory]
    [InlineData("--listen", "0.0.0.0:9443", "--listen must be a loopback address with a port, such as 127.0.0.1:9443; it is '0.0.0.0:9443'.")]
    [InlineData("--listen", "127.0.0.1", "--listen must be a loopback address with a port, such as 127.0.0.1:9443; it is '127.0.0.1'.")]
    [InlineData("--listen", "127.0.0.1:0", "--listen must be a loopback address with a port, such as 127.0.0.1:9443; it is '127.0.0.1:0'.")]
    [InlineData("--health", "[::]:1", "--health must be a loopback address with a port, such as 127.0.0.1:8082; it is '[::]:1'.")]
    [InlineData("--gateway", "My_Gateway", "--gateway must be the name of a gateway, such as default; it is 'My_Gateway'.")]
    [InlineData("--default-certificate", "front", "--default-certificate must be namespace/name, such as shop/front; it is 'front'.")]
    [InlineData("--log", "xml", "--log must be text or json, such as json; it is 'xml'.")]
    public async Task A_wrong_value_is_answered_with_its_option_and_a_right_one(string option, string value, string expected)
    {
        var status = await InvokeAsync("run", "--manifests", folder, "--state", "somewhere", option, value);

        Assert.NotEqual(0, status);
        Assert.Null(started);
        Assert.Contains(expected, errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_options_are_named_all_at_once()
    {
        var status = await InvokeAsync("run");

        Assert.NotEqual(0, status);
        Assert.Contains("--manifests is missing.", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("--state is missing.", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_do_not_fit_together_are_answered()
    {
        var status = await InvokeAsync("run", "--manifests", folder, "--state", folder, "--health", "[::1]:9443");

        Assert.Equal(ExitStatus.Usage, status);
        Assert.Contains("--state must be another folder than --manifests", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("--health must have another port than --listen", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_named()
    {
        var status = await InvokeAsync("translate", "no-such-folder");

        Assert.Equal(ExitStatus.Usage, status);
        Assert.Contains("there is none at 'no-such-folder'", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_folder_is_translated_and_ends_well()
    {
        using var root = TestAuthority.CreateRoot("company");
        await WriteAsync("trust.yaml", Bundle(root));
        await WriteAsync("route.yaml", Route(bundle: "company"));

        var status = await InvokeAsync("translate", folder);

        Assert.Equal("", errors.ToString());
        Assert.Equal(ExitStatus.Fine, status);
        Assert.StartsWith("problems: []\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Route:shop/web:", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"- {root.Fingerprint}", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("name: shop/web\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_is_a_problem_line_and_exit_status_1()
    {
        await WriteAsync("route.yaml", Route(bundle: "missing"));
        await WriteAsync("broken.yaml", "apiVersion: portcullis.dev/v1alpha1\nkind: TrustBundle\nmetadata: { name: x, namespace: shop }\nspec: { sources: [], surprise: 1 }\n");

        var status = await InvokeAsync("translate", folder, "-o", "json");

        using var document = System.Text.Json.JsonDocument.Parse(output.ToString());
        var problems = document.RootElement.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!).ToArray();
        Assert.Equal(ExitStatus.Failed, status);
        Assert.Contains(problems, problem => problem.StartsWith("broken.yaml", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("BackendRoute shop/web: PC1", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_private_key_is_never_printed()
    {
        using var root = TestAuthority.CreateRoot("company");
        using var front = root.Issue("web.shop.test");
        using var key = front.GetECDsaPrivateKey()!;
        var pem = key.ExportPkcs8PrivateKeyPem();
        await WriteAsync("front.yaml", $"""
            apiVersion: v1
            kind: Secret
            metadata: {@"{ name: front, namespace: shop }"}
            type: kubernetes.io/tls
            data:
              tls.crt: {Base64(front.ExportCertificatePem())}
              tls.key: {Base64(pem)}
            """);

        await InvokeAsync("translate", folder, "--default-certificate", "shop/front", "-o", "json");

        Assert.Contains("Certificate:shop/front", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("(not shown)", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(pem.Split('\n')[1], output.ToString(), StringComparison.Ordinal);
    }

    private Task<int> InvokeAsync(params string[] arguments)
    {
        var commands = new RootCommand
        {
            RunCommand.Create(options =>
            {
                started = options;
                return Task.FromResult(0);
            }),
            TranslateCommand.Create(new FakeTimeProvider(CertificateRecipe.DefaultNotBefore.AddYears(1))),
        };

        return commands.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = errors }, TestContext.Current.CancellationToken);
    }

    private Task WriteAsync(string file, string content) => File.WriteAllTextAsync(Path.Combine(folder, file), content, TestContext.Current.CancellationToken);

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static string Bundle(TestAuthority root) => $"""
        apiVersion: portcullis.dev/v1alpha1
        kind: TrustBundle
        metadata: {@"{ name: company, namespace: shop }"}
        spec:
          sources:
          - name: root
            inline: |
              {root.Pem.ReplaceLineEndings("\n      ")}
        """;

    private static string Route(string bundle) => $"""
        apiVersion: portcullis.dev/v1alpha1
        kind: BackendRoute
        metadata: {@"{ name: web, namespace: shop }"}
        spec:
          hostnames: [web.shop.test]
          rules:
          - name: all
            backendRefs: {@"[{ name: main }]"}
          backends:
          - name: main
            endpoints: {@"[{ ip: 192.0.2.1, port: 443 }]"}
            tls:
              validation:
                caCertificateRefs: [{@$"{{ name: {bundle} }}"}]
                hostname: web.corp.internal
        """;
}
