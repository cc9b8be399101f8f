using Portcullis.Operator.Stores;

namespace Portcullis.Operator.Hosting;

/// <summary>What one term works with, and no other.</summary>
/// <param name="Store">Reads what every replica reads; writes only while the term is held.</param>
/// <param name="RunAsync">What writes on its own in the term; ends by cancellation.</param>
/// <param name="Owned">Disposed when nothing of the term runs any more; null when there is nothing to dispose.</param>
internal sealed record TermParts(IResourceStore Store, Func<CancellationToken, Task> RunAsync, IDisposable? Owned = null) : IDisposable
{
    public void Dispose() => Owned?.Dispose();
}
