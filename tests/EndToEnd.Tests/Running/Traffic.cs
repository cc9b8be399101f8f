using System.Collections.Immutable;
using Portcullis.TestKit.Events;

namespace Portcullis.EndToEnd.Tests.Running;

/// <summary>One client that keeps asking for a host, for tests about what must not disturb it.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource stopping;
    private readonly Task asking;

    private Traffic(HttpClient client, string host, CancellationToken cancellationToken)
    {
        stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        asking = AskAsync(client, host, stopping.Token);
    }

    /// <summary>Every answer in order; a request that got none is status 0 with the exception as its body.</summary>
    public Journal<Answer> Answers { get; } = new();

    /// <summary>The first of the requests that were not answered with 200.</summary>
    public ImmutableArray<Answer> Failed => [.. Answers.Entries.Where(answer => answer.Status != 200).Take(3)];

    public static Traffic Start(HttpClient client, string host, CancellationToken cancellationToken) => new(client, host, cancellationToken);

    /// <summary>Waits until this many more requests were answered, whatever the answer.</summary>
    public async Task MoreAsync(int requests, CancellationToken cancellationToken)
    {
        var from = Answers.Entries.Length;
        await Answers.WaitAsync(answers => answers.Length >= from + requests, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await asking;
        stopping.Dispose();
    }

    private async Task AskAsync(HttpClient client, string host, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Answers.Add(await AnswerAsync(client, host));
            await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A request that is under way is let finish: one that the test breaks off itself would count as failed.
    private static async Task<Answer> AnswerAsync(HttpClient client, string host)
    {
        try
        {
            return await Answer.ToAsync(client, host, CancellationToken.None);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or IOException)
        {
            return new Answer(0, "", failure.ToString());
        }
    }
}
