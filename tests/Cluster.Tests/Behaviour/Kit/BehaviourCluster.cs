using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Portcullis.Cluster.Tests.Behaviour.Kit;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.TestKit.Clients;

[assembly: AssemblyFixture(typeof(BehaviourCluster))]

namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>
/// The cluster of this run: the double, or a real one when the environment names it (<c>KUBEBUILDER_ASSETS</c>; <c>KUBECONFIG</c> with
/// <c>PORTCULLIS_TEST_CLUSTER=1</c>). Our custom resources are installed under a group of this run, and all that a test makes is gone at the end.
/// </summary>
public sealed class BehaviourCluster : IAsyncLifetime
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);

    private readonly string run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    private readonly ConcurrentStack<string> made = new();
    private ITestCluster? cluster;
    private HttpClient? http;
    private HttpClient? withoutCertificate;
    private ApiClient? api;
    private int names;

    /// <summary>The group of our custom resources in this run.</summary>
    internal string Group => $"t{run}.portcullis.dev";

    internal ApiClient Api => api ?? throw new InvalidOperationException("The cluster has not started.");

    public async ValueTask InitializeAsync()
    {
        using var patience = new CancellationTokenSource(LongestStart);
        cluster = await OpenAsync(patience.Token);
        http = TestClient.ToApiServer(cluster.Access.EndPoint, cluster.Access.Root, cluster.Access.ClientCertificate);
        withoutCertificate = TestClient.ToApiServer(cluster.Access.EndPoint, cluster.Access.Root, clientCertificate: null);
        api = new ApiClient(http, withoutCertificate, cluster.Access.Address, cluster.Access.Token);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "crds"), "*.yaml"))
        {
            await InstallAsync(Definition(await File.ReadAllTextAsync(file, patience.Token), Group));
        }
    }

    /// <summary>A name that nothing else has.</summary>
    internal string Unique(string prefix) => $"{prefix}-{run}-{Interlocked.Increment(ref names)}";

    /// <summary>A namespace for one test. Controllers of a real cluster put a ConfigMap and a ServiceAccount of their own into it.</summary>
    internal async Task<string> NamespaceAsync()
    {
        var name = Unique("behaviour");
        await MakeAsync("/api/v1/namespaces", Json.Parse($$$"""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "{{{name}}}"}}"""));

        return name;
    }

    /// <summary>Makes something that belongs to the cluster, and removes it at the end.</summary>
    internal async Task<JsonObject> MakeAsync(string path, JsonObject content)
    {
        var answer = await Api.CreateAsync(path, content);
        made.Push($"{path}/{answer.Good.Name()}");

        return answer.Good;
    }

    /// <summary>Installs a definition and waits until what it defines is served.</summary>
    internal async Task InstallAsync(JsonObject definition)
    {
        await MakeAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
        var (group, version, plural) = (definition.Text("spec", "group"), definition.Items("spec", "versions")[0].Text("name"), definition.Text("spec", "names", "plural"));
        await ApiClient.EventuallyAsync(() => Api.GetAsync($"/apis/{group}/{version}/{plural}"), answer => answer.Code == System.Net.HttpStatusCode.OK);
    }

    /// <summary>One of our definitions under another group.</summary>
    internal static JsonObject Definition(string yaml, string group)
    {
        var definition = (JsonObject)YamlDocuments.Read(yaml)[0].Root!;
        definition["metadata"]!["name"] = $"{definition.Text("spec", "names", "plural")}.{group}";
        definition["spec"]!["group"] = group;

        return definition;
    }

    public async ValueTask DisposeAsync()
    {
        if (api is not null)
        {
            foreach (var path in made)
            {
                await api.DeleteAsync(path);
            }
        }

        http?.Dispose();
        withoutCertificate?.Dispose();
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }
    }

    private static async Task<ITestCluster> OpenAsync(CancellationToken cancellationToken)
    {
        if (Variable("PORTCULLIS_TEST_CLUSTER") == "1")
        {
            return Variable("KUBECONFIG") is { Length: > 0 } file
                ? await KubeconfigCluster.OpenAsync(file, cancellationToken)
                : throw new InvalidOperationException("PORTCULLIS_TEST_CLUSTER is 1, but KUBECONFIG names no file.");
        }

        return Variable("KUBEBUILDER_ASSETS") is { Length: > 0 } assets
            ? await LocalControlPlane.StartAsync(assets, cancellationToken)
            : await DoubleCluster.StartAsync(cancellationToken);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);
}
