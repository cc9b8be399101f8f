using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Kubernetes;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Events;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Logs;

namespace Portcullis.Operator.Tests.Stores.Kubernetes;

/// <summary>A double of a cluster with our CRDs, and a watch on it that a test begins.</summary>
internal sealed class WatchedCluster : IAsyncDisposable
{
    /// <summary>How the API server calls the operator's ServiceAccount.</summary>
    public const string OperatorUser = "system:serviceaccount:portcullis-system:portcullis-operator";

    private readonly CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private ApiConnection? connection;
    private Task running = Task.CompletedTask;
    private Task recording = Task.CompletedTask;

    private WatchedCluster(ApiServer server) => Server = server;

    public static ResourceKey Shard { get; } = new("edge", "trust-0");

    public ApiServer Server { get; }

    public ApiObjects Objects => Server.Objects;

    public TestLog Log { get; } = new();

    public ClusterWatch Watch { get; private set; } = null!;

    /// <summary>Every snapshot that a reader who keeps up has seen.</summary>
    public Journal<ResourceSnapshot> Snapshots { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<WatchedCluster> StartAsync(bool withDefinitions = true, int streamsPerConnection = 250)
    {
        var options = new ApiServerOptions { StreamsPerConnection = streamsPerConnection, Namespaces = ["default", "shop", "certs", "edge", "portcullis-system"] };
        var cluster = new WatchedCluster(await ApiServer.StartAsync(options, Token));

        if (withDefinitions)
        {
            cluster.Objects.Apply(Definitions.BackendRoutes);
            cluster.Objects.Apply(Definitions.TrustBundles);
        }

        return cluster;
    }

    public static ClusterWatchOptions Options { get; } = new()
    {
        ServiceAccount = "portcullis-system:unknown",
        OperatorService = new ResourceKey("portcullis-system", "portcullis-operator"),
        Gateways = [new DeclaredGateway { Name = "default", Namespace = "edge", ServiceAccount = "gateway", Service = "gateway", Shards = ["trust-0", "trust-1"] }],
    };

    public void Run() => Run(Options, Server.AdminToken);

    public void Run(ClusterWatchOptions options, string token)
    {
        connection = new ApiConnection(new ApiServerAddress { Address = Server.Address, CaPem = Server.Authority.Pem, Token = token }, TimeProvider.System);
        Watch = new ClusterWatch(options, connection, TimeProvider.System, Log.For<ClusterWatch>());
        running = Watch.RunAsync(stopping.Token);
        recording = RecordAsync();
    }

    /// <summary>The first snapshot that this holds of.</summary>
    public async Task<ResourceSnapshot> SnapshotAsync(Func<ResourceSnapshot, bool> reached) =>
        (await Snapshots.WaitAsync(all => all.Any(reached), Token)).First(reached);

    /// <summary>A snapshot that this holds of and that is the newest one.</summary>
    public async Task<ResourceSnapshot> NewestAsync(Func<ResourceSnapshot, bool> reached) =>
        (await Snapshots.WaitAsync(all => all.Length > 0 && reached(all[^1]), Token))[^1];

    public Task<ImmutableArray<LogLine>> LoggedAsync(string fragment) =>
        Log.Lines.WaitAsync(lines => lines.Any(line => line.Message.Contains(fragment, StringComparison.Ordinal)), Token);

    /// <summary>When all of these are being watched.</summary>
    public Task WatchingAsync(int watches) => Server.Requests.WaitAsync(requests => requests.Count(request => request is { IsWatch: true, Status: not null }) >= watches, Token);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Ended(running);
        await Ended(recording);
        connection?.Dispose();
        await Server.DisposeAsync();
        stopping.Dispose();
        Log.Dispose();
    }

    private static async Task Ended(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // How it is meant to end.
        }
    }

    private async Task RecordAsync()
    {
        await foreach (var snapshot in Watch.Snapshots.ReadAllAsync(stopping.Token))
        {
            Snapshots.Add(snapshot);
        }
    }
}
