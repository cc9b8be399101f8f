using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests.Running;

/// <summary>What every end-to-end test has: a company's authority, a limit on its patience, and a place to put what it started.</summary>
public abstract class EndToEndTest : IAsyncDisposable
{
    private readonly CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected EndToEndTest() => patience.CancelAfter(TimeSpan.FromSeconds(60));

    private protected TestAuthority Root { get; } = TestAuthority.CreateRoot("Company Root");

    /// <summary>Ends every wait for an event that does not come.</summary>
    private protected CancellationToken Cancellation => patience.Token;

    public ValueTask DisposeAsync()
    {
        Root.Dispose();
        patience.Dispose();
        GC.SuppressFinalize(this);

        return ValueTask.CompletedTask;
    }

    private protected Task<TlsBackend> BackendAsync(string name) => TlsBackend.StartAsync(PresentedChain.Of(Root.Issue(name)), Cancellation);
}
