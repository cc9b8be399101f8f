namespace Portcullis.Operator.Cluster;

/// <summary>A <see cref="Reflector{T}"/> of any kind of object.</summary>
internal interface IReflector
{
    /// <summary>Ends only by cancellation.</summary>
    Task RunAsync(CancellationToken cancellationToken);

    /// <summary>Takes back everything that was told. Only after <see cref="RunAsync"/> ended.</summary>
    void Withdraw();
}
