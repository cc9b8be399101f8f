using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.EndToEnd.Tests.BothEnds;
using Portcullis.Gateway.Link;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Leadership;

/// <summary>A gateway's pod as the chart makes it; the kubelet's part, token and mount, is done here.</summary>
internal sealed class GatewayPod : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ApiServer server;

    public GatewayPod(ApiServer server)
    {
        this.server = server;
        server.Objects.Apply(
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {namespace: default, name: gateway}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {namespace: default, name: gateway-1}
            spec: {serviceAccountName: gateway, containers: [{name: gateway, image: gateway}]}
            """);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<GatewayEnd> StartAsync(params Replica[] replicas) => await GatewayEnd.StartAsync(await OptionsAsync(replicas));

    public Task<LinkOptions> OptionsAsync(params Replica[] replicas) => OptionsAsync(replicas, TimeSpan.FromMinutes(10));

    public Task<LinkOptions> OptionsAsync(Replica replica, TimeSpan lifetime) => OptionsAsync([replica], lifetime);

    public string CaPem() => server.Objects.Find("ConfigMap", new ResourceKey("default", "operator-ca"))!["data"]!["ca.crt"]!.GetValue<string>();

    public string Token(TimeSpan lifetime) => server.IssueToken(new ResourceKey("default", "gateway"), lifetime, "gateway-1", "operator");

    public void Dispose() => folder.Dispose();

    private async Task<LinkOptions> OptionsAsync(Replica[] replicas, TimeSpan lifetime)
    {
        await server.ChangedAsync("ConfigMap", new ResourceKey("default", "operator-ca"), map => map is not null, Cancellation);
        await File.WriteAllTextAsync(folder["ca.crt"], CaPem(), Cancellation);
        await File.WriteAllTextAsync(folder["token"], Token(lifetime), Cancellation);

        foreach (var replica in replicas)
        {
            await replica.LineAsync("Serving gateways under a new certificate");
        }

        return new LinkOptions
        {
            Operator = new Uri("https://operator.default.svc:9443"),
            CaFile = folder["ca.crt"],
            TokenFile = folder["token"],
            PodName = "gateway-1",
            PodUid = server.Objects.Find("Pod", new ResourceKey("default", "gateway-1"))!["metadata"]!["uid"]!.GetValue<string>(),
            Reconnect = new Backoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200)),
            Addresses = (_, _) => Task.FromResult(replicas.Select(replica => replica.EndPoint).ToImmutableArray()),
        };
    }
}
