using k8s.Models;
using Portcullis.Architecture.Tests;
using Portcullis.Chart.Tests.Rendered;
using Portcullis.TestKit.Processes;
using Portcullis.TestKit.Standalone;

namespace Portcullis.Chart.Tests.Deploying;

/// <summary>The manifests of deploy/examples, put to the operator and to Kubernetes' types.</summary>
public sealed class ExamplesTests
{
    // In a cluster the endpoints are written by Kubernetes, and the Service of shop.yaml is the reader's own.
    private const string Orders = """
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: orders-1
          namespace: NAMESPACE
          labels: {kubernetes.io/service-name: orders}
        addressType: IPv4
        ports:
        - {name: https, port: 8443}
        endpoints:
        - addresses: [10.1.2.3]
        """;

    private const string Service = """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: orders, namespace: shop}
        spec:
          ports:
          - {name: https, port: 443}
        """;

    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "examples");

    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_operator_accepts_the_manifest_to_start_from()
    {
        var manifest = await File.ReadAllTextAsync(Path.Combine(Folder, "shop.yaml"), cancellation);

        await AssertAcceptedAsync($"{manifest}\n{Service}\n{Orders.Replace("NAMESPACE", "shop", StringComparison.Ordinal)}\n");
    }

    [Fact]
    public async Task The_operator_and_kubernetes_accept_what_the_demo_prints()
    {
        var manifest = await DemoAsync();

        await AssertAcceptedAsync($"{manifest}\n{Orders.Replace("NAMESPACE", "portcullis-demo", StringComparison.Ordinal)}\n");
        Assert.All(
            Rendering.Of(manifest).Objects.Where(one => one.ApiVersion != "portcullis.dev/v1alpha1"),
            one => Assert.Equal("portcullis-demo", KubernetesTypes.Read(one).Metadata.Namespace() ?? one.Name));
    }

    [Theory]
    [InlineData(null, 0, "trusted")]
    [InlineData("wrong-name", 1, "HostnameMismatch")]
    public async Task The_demos_certificate_is_judged_as_it_promises(string? fault, int status, string verdict)
    {
        var demo = Rendering.Of(fault is null ? await DemoAsync() : await DemoAsync(fault));
        using var folder = new TemporaryFolder();
        var root = folder.Write("root.pem", demo.One("ConfigMap", "demo-root").Json["data"]!["ca.crt"]!.GetValue<string>());
        var chain = folder.Write("chain.pem", demo.One("Secret", "orders").Json["stringData"]!["tls.crt"]!.GetValue<string>());

        await using var check = Programs.StartGateway("check", "--roots", root, "--chain", chain, "--name", "orders.corp.internal");

        Assert.Equal(status, await check.ExitAsync(cancellation));
        Assert.Contains(check.Output.Entries, line => line.Contains(verdict, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_demo_says_how_it_is_used()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "openssl is not installed");
        await using var demo = RunningProcess.Start("demo", Path.Combine(Folder, "demo.sh"), "no-verification");

        Assert.Equal(2, await demo.ExitAsync(cancellation));
        Assert.Contains(demo.Output.Entries, line => line.Contains("[wrong-name]", StringComparison.Ordinal));
    }

    private async Task<string> DemoAsync(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "openssl is not installed");
        await using var demo = RunningProcess.Start("demo", Path.Combine(Folder, "demo.sh"), arguments);
        Assert.True(await demo.ExitAsync(cancellation) == 0, demo.Printed);

        return string.Join('\n', demo.Output.Entries);
    }

    private async Task AssertAcceptedAsync(string manifest)
    {
        using var folder = new TemporaryFolder();
        folder.Write("example.yaml", manifest);
        await using var translate = Programs.StartOperator("translate", folder.Path);

        Assert.True(await translate.ExitAsync(cancellation) == 0, translate.Printed);
        Assert.Contains(translate.Output.Entries, line => line.Contains("orders.corp.internal", StringComparison.Ordinal));
    }
}
