using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Kubernetes.Publishing;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Logs;
using Recorded = Portcullis.TestKit.FakeApiServer.Serving.ApiRequest;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing;

/// <summary>An API server with the operator's kinds, and publishers towards it. The watch shows what is stored, unless a test lets it lag.</summary>
internal sealed class PublishingBench : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> running = [];
    private readonly List<ClusterPublisher> publishers = [];
    private readonly ApiConnection api;

    private PublishingBench(ApiServer server)
    {
        Server = server;
        api = new ApiConnection(new ApiServerAddress { Address = server.Address, CaPem = server.Authority.Pem, Token = server.AdminToken }, TimeProvider.System);
        Held = new HeldObjects(
            key => Find("ConfigMap", key) is { } map ? KubernetesJson.Deserialize<V1ConfigMap>(map.ToJsonString()) : null,
            key => Find("BackendRoute", key)?.Deserialize<BackendRoute>(ResourceJson.Lenient),
            key => Find("TrustBundle", key)?.Deserialize<TrustBundle>(ResourceJson.Lenient));
    }

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ApiServer Server { get; }

    public TestLog Log { get; } = new();

    public WatchedClock Time { get; } = new();

    public bool IsLeading { get; set; } = true;

    /// <summary>What the watch shows.</summary>
    public HeldObjects Held { get; set; }

    public IEnumerable<Recorded> Writes => Server.Requests.Entries.Where(request => request.IsWrite);

    public static async Task<PublishingBench> StartAsync()
    {
        var bench = new PublishingBench(await ApiServer.StartAsync(new ApiServerOptions { Namespaces = ["edge", "shop"] }, Cancelled));

        foreach (var kind in new[] { "backendroutes", "trustbundles" })
        {
            using var definition = new StreamReader(typeof(ApiConnection).Assembly.GetManifestResourceStream($"crds/portcullis.dev_{kind}.yaml")!);
            bench.Server.Objects.Apply(await definition.ReadToEndAsync(Cancelled));
        }

        return bench;
    }

    /// <summary>As a process that just became the leader has it.</summary>
    public ClusterPublisher Publisher(bool touchPods = true) => new(
        api,
        () => IsLeading,
        new PublishingOptions { PodName = "operator-0", TouchPods = touchPods },
        [new DeclaredGateway { Name = "default", Namespace = "edge", Shards = ["trust-0", "trust-1"] }],
        new HeldObjects(key => Held.Shard(key), key => Held.Route(key), key => Held.Bundle(key)),
        Time,
        Log.For<ClusterPublisher>());

    /// <summary>Lets its loops run until the end of the test, and disposes it after them, as a term does.</summary>
    public ClusterPublisher Run(ClusterPublisher publisher)
    {
        publishers.Add(publisher);
        running.Add(publisher.RunAsync(stopping.Token));
        return publisher;
    }

    /// <summary>Null when there is none.</summary>
    public JsonObject? Find(string kind, ResourceKey key)
    {
        var found = Server.Objects.Find(kind, key);
        found?["metadata"]?.AsObject().Remove("managedFields");
        return found;
    }

    public void Shard(string name, params (string File, string Content)[] files) =>
        Server.Objects.Apply(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["namespace"] = "edge", ["name"] = name },
            ["data"] = new JsonObject(files.Select(file => KeyValuePair.Create<string, JsonNode?>(file.File, file.Content))),
        }.ToJsonString());

    public ImmutableSortedDictionary<string, string> FilesOf(string shard) =>
        (Find("ConfigMap", new ResourceKey("edge", shard))?["data"] as JsonObject ?? [])
            .ToImmutableSortedDictionary(file => file.Key, file => file.Value!.GetValue<string>(), StringComparer.Ordinal);

    public static BundlePublication Wanted(params (string Shard, (string File, string Content)[] Files)[] shards) => new()
    {
        Bundles = [],
        Shards = shards.ToImmutableSortedDictionary(
            shard => new ResourceKey("edge", shard.Shard),
            shard => shard.Files.ToImmutableSortedDictionary(file => file.File, file => file.Content, StringComparer.Ordinal)),
    };

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var faults = running.Where(task => task.IsFaulted).Select(task => task.Exception!).ToArray();
        publishers.ForEach(publisher => publisher.Dispose());
        api.Dispose();
        stopping.Dispose();
        await Server.DisposeAsync();
        Log.Dispose();
        Assert.Empty(faults.AsEnumerable());
    }
}
