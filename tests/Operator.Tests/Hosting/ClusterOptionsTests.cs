using System.CommandLine;
using System.Net;
using Portcullis.Contract;
using Portcullis.Hosting;
using Portcullis.Operator.Hosting;
using Portcullis.TestKit.Processes;

namespace Portcullis.Operator.Tests.Hosting;

public sealed class ClusterOptionsTests : IDisposable
{
    private const string Good =
        """
        namespace: portcullis-system
        service: portcullis-operator
        lease: portcullis-operator
        authority: {secret: portcullis-operator-authority, configMap: portcullis-operator-ca}
        sessionSecret: portcullis-operator-sessions
        listen: "[::]:9443"
        health: "[::]:8082"
        audience: portcullis-operator
        secretReader: edge-secret-reader
        watchNamespaces: []
        touchPods: true
        gateways:
        - name: default
          namespace: edge
          serviceAccount: portcullis-gateway
          service: portcullis-gateway
          shards: [portcullis-gateway-trust-0, portcullis-gateway-trust-1]
          defaultCertificate: {namespace: edge, name: front.tls}
          routeNamespaces: [shop]
        domains: [{domain: example.com, namespaces: [shop]}]
        forbiddenEndpoints: ["192.0.2.7:443"]
        """;

    private readonly TemporaryFolder folder = new();
    private readonly StringWriter errors = new();
    private ClusterStart? started;

    public void Dispose()
    {
        errors.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void The_file_says_all_that_the_operator_needs()
    {
        var (options, problems) = ClusterOptionsFile.Read(Good);

        Assert.Empty(problems);
        var gateway = Assert.Single(options!.Translation.Gateways);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, 9443), options.Listen);
        Assert.Equal(new ResourceKey("portcullis-system", "portcullis-operator-authority"), options.Identity.Secret);
        Assert.Equal(new ResourceKey("portcullis-system", "portcullis-operator-sessions"), options.SessionSecretKey);
        Assert.Equal(("default", "edge", "portcullis-gateway", "portcullis-gateway"), (gateway.Name, gateway.Namespace, gateway.ServiceAccount, gateway.Service));
        Assert.Equal(["portcullis-gateway-trust-0", "portcullis-gateway-trust-1"], gateway.Shards);
        Assert.Equal(new ResourceKey("edge", "front.tls"), gateway.DefaultCertificate);
        Assert.Equal(["shop"], gateway.RouteNamespaces);
        Assert.Equal("example.com", options.Translation.Domains.Single().Domain);
        Assert.Equal(["192.0.2.7:443"], options.Translation.ForbiddenEndpoints);
        Assert.Equal("edge-secret-reader", options.SecretReader);
        Assert.Equal(new ResourceKey("portcullis-system", "portcullis-operator"), options.Translation.OperatorService);
        Assert.StartsWith("operator-1_", options.ElectionOf("operator-1").Identity, StringComparison.Ordinal);
        Assert.NotEqual(options.ElectionOf("operator-1").Identity, options.ElectionOf("operator-1").Identity);
    }

    [Theory]
    [InlineData("namespace: portcullis-system", "namespace: Not_A_Name", "namespace must be the name of a namespace, such as portcullis-system; it is 'Not_A_Name'.")]
    [InlineData("lease: portcullis-operator\n", "", "lease is missing; it must be the name of a Lease, such as portcullis-operator.")]
    [InlineData("touchPods: true", "touchPod: true", "touchPod is not known; known are audience, authority,")]
    [InlineData("touchPods: true", "touchPods: 'yes'", "touchPods must be true or false, such as true; it is 'yes'.")]
    [InlineData("listen: \"[::]:9443\"", "listen: 9443", "listen must be an address with a port, such as \"[::]:9443\"; it is '9443'.")]
    [InlineData("listen: \"[::]:9443\"", "listen: \"[::]:8082\"", "health must have another port than listen")]
    [InlineData("watchNamespaces: []", "watchNamespaces: shop", "watchNamespaces must be a list, such as [shop]; it is 'shop'.")]
    [InlineData("sessionSecret: portcullis-operator-sessions\n", "", "sessionSecret is missing; it must be the name of a Secret, such as portcullis-operator-sessions.")]
    [InlineData("authority: {secret: portcullis-operator-authority, ", "authority: {", "authority.secret is missing")]
    [InlineData("  service: portcullis-gateway", "  services: portcullis-gateway", "gateways[0].services is not known")]
    [InlineData("shards: [portcullis-gateway-trust-0, portcullis-gateway-trust-1]", "shards: []", "gateways: 'default' has no shards")]
    [InlineData("shards: [portcullis-gateway-trust-0, portcullis-gateway-trust-1]", "shards: [same, same]", "the ConfigMap edge/same is named 2 times as a shard")]
    [InlineData("name: front.tls}", "name: \"\"}", "gateways[0].defaultCertificate.name must be the name of a Secret, such as front; it is ''.")]
    [InlineData("namespaces: [shop]}]", "namespaces: []}]", "domains: 'example.com' names no namespace")]
    [InlineData("\"192.0.2.7:443\"", "192.0.2.7", "forbiddenEndpoints[0] must be ip:port, such as 192.0.2.7:443; it is '192.0.2.7'.")]
    [InlineData("namespace: portcullis-system", "namespace: [", "This is not YAML: a bracket or a quote is not closed.")]
    [InlineData("namespace: portcullis-system", "namespace: portcullis-system\nnamespace: another", "Line 2: The field 'namespace' is written twice.")]
    public void A_wrong_value_is_answered_with_its_key_and_a_right_one(string right, string wrong, string expected)
    {
        var (options, problems) = ClusterOptionsFile.Read(Good.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Null(options);
        Assert.Contains(problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void All_problems_are_found_at_once()
    {
        var (_, problems) = ClusterOptionsFile.Read("{}");

        Assert.Equal(8, problems.Length);
        Assert.All(problems, problem => Assert.Contains("such as", problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_command_starts_from_the_file()
    {
        await File.WriteAllTextAsync(folder["operator.yaml"], Good, TestContext.Current.CancellationToken);

        var status = await InvokeAsync("cluster", "--options", folder["operator.yaml"], "--pod-name", "operator-7d4b9-x2x7p", "--kubeconfig", "some-file", "--log", "json");

        Assert.Equal(0, status);
        Assert.Equal(("operator-7d4b9-x2x7p", "some-file", LogFormat.Json), (started!.PodName, started.Kubeconfig, started.Log));
        Assert.Equal("portcullis-system", started.Options.Namespace);
    }

    [Fact]
    public async Task A_wrong_file_keeps_the_operator_from_starting()
    {
        await File.WriteAllTextAsync(folder["operator.yaml"], Good.Replace("default", "Default", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var wrong = await InvokeAsync("cluster", "--options", folder["operator.yaml"], "--pod-name", "operator-1");
        var missing = await InvokeAsync("cluster", "--options", folder["nothing"], "--pod-name", "operator-1");
        var none = await InvokeAsync("cluster");

        Assert.Equal((ExitStatus.Usage, ExitStatus.Usage), (wrong, missing));
        Assert.NotEqual(0, none);
        Assert.Null(started);
        Assert.Contains("operator.yaml: gateways[0].name must be the name of a gateway, such as default; it is 'Default'.", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("--options must be a file that can be read", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("--options is missing.", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("--pod-name is missing.", errors.ToString(), StringComparison.Ordinal);
    }

    private async Task<int> InvokeAsync(params string[] arguments)
    {
        var root = new RootCommand
        {
            ClusterCommand.Create(start =>
            {
                started = start;
                return Task.FromResult(0);
            }),
        };
        var parsed = root.Parse(arguments);

        foreach (var error in parsed.Errors)
        {
            await errors.WriteLineAsync(error.Message);
        }

        return parsed.Errors.Count > 0 ? ExitStatus.Usage : await parsed.InvokeAsync(new InvocationConfiguration { Error = errors }, TestContext.Current.CancellationToken);
    }
}
