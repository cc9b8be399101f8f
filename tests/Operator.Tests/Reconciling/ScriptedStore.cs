using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Events;

namespace Portcullis.Operator.Tests.Reconciling;

/// <summary>A store whose snapshots, pace and failures the test decides.</summary>
internal sealed class ScriptedStore : IResourceStore
{
    private readonly Channel<Func<ResourceSnapshot>> script = Channel.CreateUnbounded<Func<ResourceSnapshot>>();

    public Journal<ImmutableArray<CompiledBundle>> Bundles { get; } = new();

    public Journal<ImmutableArray<ResourceStatus>> Statuses { get; } = new();

    /// <summary>What writing bundles waits for or fails with; nothing by default.</summary>
    public Func<CancellationToken, Task> WritingBundles { get; set; } = _ => Task.CompletedTask;

    public void Show(ResourceSnapshot snapshot) => script.Writer.TryWrite(() => snapshot);

    /// <summary>The watch ends with this.</summary>
    public void Break(Exception failure) => script.Writer.TryWrite(() => throw failure);

    public async IAsyncEnumerable<ResourceSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var next in script.Reader.ReadAllAsync(cancellationToken))
        {
            yield return next();
        }
    }

    public async Task PublishBundlesAsync(BundlePublication publication, CancellationToken cancellationToken)
    {
        await WritingBundles(cancellationToken);
        Bundles.Add(publication.Bundles);
    }

    public Task PublishStatusesAsync(ImmutableArray<ResourceStatus> statuses, CancellationToken cancellationToken)
    {
        Statuses.Add(statuses);
        return Task.CompletedTask;
    }
}
