using Portcullis.TestKit.FakeApiServer;

namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>The double.</summary>
internal sealed class DoubleCluster(ApiServer server) : ITestCluster
{
    public ClusterAccess Access { get; } = new(server.Address, server.EndPoint, server.Authority.Certificate, server.AdminToken, ClientCertificate: null);

    public static async Task<DoubleCluster> StartAsync(CancellationToken cancellationToken) => new(await ApiServer.StartAsync(cancellationToken));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
