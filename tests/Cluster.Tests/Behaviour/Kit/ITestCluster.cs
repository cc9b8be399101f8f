namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>A cluster that the suite runs against, started or found.</summary>
internal interface ITestCluster : IAsyncDisposable
{
    ClusterAccess Access { get; }
}
