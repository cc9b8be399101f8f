using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Hosting;
using Portcullis.Operator.Leading;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Events;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Leadership;

/// <summary>One replica of the operator as it runs in a cluster, but for what it reads: that the test shows it.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly Latest<ResourceSnapshot> shown = new();
    private readonly TaskCompletionSource synced = new();
    private readonly ApiConnection api;
    private readonly WebApplication app;

    private Replica(ApiServer server, string name, bool whole, string token, ClusterOptions told)
    {
        Name = name;
        EndPoint = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        Health = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        api = new ApiConnection(new ApiServerAddress { Address = server.Address, CaPem = server.Authority.Pem, Token = token }, TimeProvider.System);
        var options = told with { Listen = EndPoint, Health = Health };
        app = ClusterHost.Build(options, options.ElectionOf(name), api, provider => whole ? Whole(options, provider) : Source(), problem => Overruns.Add(problem), Log.Configure);
    }

    private static ClusterOptions Usual { get; } = new()
    {
        Namespace = "default",
        Service = "operator",
        Lease = "operator",
        AuthoritySecret = "operator-authority",
        AuthorityConfigMap = "operator-ca",
        SessionSecret = "operator-sessions",
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Health = new IPEndPoint(IPAddress.Loopback, 0),
        Audience = "operator",
        Gateways = [new DeclaredGateway { Name = "default", Namespace = "default", ServiceAccount = "gateway", Service = "gateway", Shards = ["trust-0"] }],
    };

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    public IPEndPoint Health { get; }

    public TestLog Log { get; } = new();

    public Journal<Term> Terms { get; } = new();

    public Journal<string> Overruns { get; } = new();

    public bool Leads => Terms.Entries.Any(term => term.IsHeld);

    /// <param name="server">What it competes at.</param>
    /// <param name="name">Of its user and its pod.</param>
    /// <param name="synced">Whether it has read everything.</param>
    /// <param name="whole">Whether it reads and writes the cluster as in earnest.</param>
    public static async Task<Replica> StartAsync(ApiServer server, string name, bool synced = true, bool whole = false)
    {
        var replica = new Replica(server, name, whole, server.AddUser(name, "system:masters"), Usual);

        if (synced)
        {
            replica.Sync();
        }

        await replica.app.StartAsync(TestContext.Current.CancellationToken);
        return replica;
    }

    /// <summary>The whole operator as a chart has it: told this, and nobody but its ServiceAccount.</summary>
    public static async Task<Replica> StartAsync(ApiServer server, string name, string token, ClusterOptions told)
    {
        var replica = new Replica(server, name, whole: true, token, told);
        await replica.app.StartAsync(TestContext.Current.CancellationToken);
        return replica;
    }

    public IGatewayAuthenticator Authenticator => app.Services.GetRequiredService<IGatewayAuthenticator>();

    public void Sync() => synced.TrySetResult();

    /// <summary>What the cluster holds, as this replica sees it: one route under this host.</summary>
    public void Show(string host) => shown.Offer(new ResourceSnapshot
    {
        BackendRoutes = ImmutableSortedDictionary<ResourceKey, BackendRoute>.Empty.Add(new ResourceKey("shop", "route"), new BackendRoute
        {
            Metadata = new V1ObjectMeta { NamespaceProperty = "shop", Name = "route" },
            Spec = new BackendRouteSpec { Hostnames = [host], Rules = [], Backends = [] },
        }),
    });

    public async Task<Term> LeadsAsync() => (await Terms.WaitAsync(terms => terms.Any(term => term.IsHeld), TestContext.Current.CancellationToken)).Last(term => term.IsHeld);

    public async Task LineAsync(string text) =>
        await Log.Lines.WaitAsync(lines => lines.Any(line => line.Message.Contains(text, StringComparison.Ordinal)), TestContext.Current.CancellationToken);

    /// <summary>As SIGTERM does.</summary>
    public Task StopAsync() => app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        api.Dispose();
        Log.Dispose();
    }

    private ClusterSource Whole(ClusterOptions options, IServiceProvider provider)
    {
        var source = ClusterSources.Of(options, Name, api, provider);

        return source with
        {
            Begin = term =>
            {
                Terms.Add(term);
                return source.Begin(term);
            },
        };
    }

    private ClusterSource Source() => new()
    {
        RunAsync = token => Task.Delay(Timeout.InfiniteTimeSpan, token),
        Synced = synced.Task,
        Awaited = () => ["BackendRoute"],
        Begin = term =>
        {
            Terms.Add(term);
            return new TermParts(new Store(shown), token => Task.Delay(Timeout.InfiniteTimeSpan, token));
        },
    };

    /// <summary>As the watch of a cluster: every term begins with what is shown now, also the second one of the same replica.</summary>
    private sealed class Store(Latest<ResourceSnapshot> shown) : IResourceStore
    {
        public IAsyncEnumerable<ResourceSnapshot> WatchAsync(CancellationToken cancellationToken) => shown.ReadAllAsync(cancellationToken);

        public Task PublishBundlesAsync(BundlePublication publication, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task PublishStatusesAsync(ImmutableArray<ResourceStatus> statuses, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
