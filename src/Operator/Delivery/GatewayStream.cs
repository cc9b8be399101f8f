using Grpc.Core;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Wire;

namespace Portcullis.Operator.Delivery;

/// <summary>One gateway's stream after its hello: newest configurations and heartbeats down, reports up, each at its own pace.</summary>
/// <param name="hello">Who it is and what it holds.</param>
/// <param name="feed">What it is to run.</param>
/// <param name="messages">Towards the gateway.</param>
/// <param name="options">How long to wait.</param>
/// <param name="time">Measures it.</param>
internal sealed class GatewayStream(
    Hello hello, ConfigurationFeed feed, IServerStreamWriter<OperatorMessage> messages, DeliveryOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim writing = new(1);

    // What was sent whole is held at the other end, or the gateway ends the stream: its assembler checks. So the next difference starts here.
    private GatewayConfiguration? held = feed.Find(hello.Revision);

    public required Action<GatewayReport> Reported { get; init; }

    /// <summary>Whether this operator still leads; asked before each message.</summary>
    public required Func<bool> MaySpeak { get; init; }

    /// <summary>Told the gateway's epoch when what it holds is newer than all there is; true when this operator will soon have something newer still.</summary>
    public required Func<long, bool> Outrun { get; init; }

    /// <summary>Told what could not be understood, without its content.</summary>
    public required Action<string> Unreadable { get; init; }

    /// <summary>Returns when the gateway ended the stream, or was dismissed.</summary>
    /// <param name="reports">From the gateway.</param>
    /// <param name="dismissal">The last word, once there is one.</param>
    /// <param name="cancellationToken">Ends it without a word.</param>
    public async Task RunAsync(IAsyncStreamReader<GatewayMessage> reports, Task<OperatorMessage> dismissal, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] loops = [BeatAsync(ending.Token), PushAsync(ending.Token), ReadAsync(reports, ending.Token)];

        var first = await Task.WhenAny([dismissal, .. loops]).ConfigureAwait(false);

        if (first == dismissal)
        {
            await DismissAsync(await dismissal.ConfigureAwait(false), ending.Token).ConfigureAwait(false);
        }

        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (first == dismissal)
        {
            return;
        }

        // A write that was given up ends the call, and other loops may notice that end before this one has its say.
        await (loops.FirstOrDefault(loop => loop.Exception?.InnerException is RpcException) ?? first).ConfigureAwait(false);
    }

    public void Dispose() => writing.Dispose();

    private async Task DismissAsync(OperatorMessage lastWord, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.LastWord, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);

        try
        {
            await AloneAsync(() => messages.WriteAsync(lastWord, either.Token), either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A gateway that takes nothing finds out by itself that the stream has ended.
            return;
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<GatewayMessage> reports, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(options.GatewayTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);

        try
        {
            while (await reports.MoveNext(either.Token).ConfigureAwait(false))
            {
                silence.CancelAfter(options.GatewayTimeout);
                Take(reports.Current);
            }
        }
        catch (Exception) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"nothing was heard from the gateway for {options.GatewayTimeout.TotalSeconds:0.#} s"));
        }
    }

    private void Take(GatewayMessage message)
    {
        if (message.MessageCase != GatewayMessage.MessageOneofCase.Report)
        {
            return;
        }

        if (ReportCodec.TryDecode(message.Report, out var report, out var problem))
        {
            Reported(report);
        }
        else
        {
            Unreadable(problem);
        }
    }

    private async Task PushAsync(CancellationToken cancellationToken)
    {
        // The slot of one value conflates: while a slow gateway takes one configuration, those between it and the newest are never sent.
        await foreach (var newest in feed.Newest.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await AloneAsync(() => PushAsync(newest, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PushAsync(VersionedConfiguration newest, CancellationToken cancellationToken)
    {
        foreach (var chunk in Chunks(newest))
        {
            await WriteAsync(new OperatorMessage { Chunk = chunk }, cancellationToken).ConfigureAwait(false);
        }

        held = newest.Configuration;
    }

    private IEnumerable<ConfigurationChunk> Chunks(VersionedConfiguration newest)
    {
        var reached = new ConfigurationVersion(hello.Epoch, hello.Sequence);

        if (reached > newest.Version)
        {
            throw new RpcException(Outrun(hello.Epoch)
                ? new Status(StatusCode.Unavailable, $"the gateway holds configuration {reached}, newer than {newest.Version} of this operator, which is to begin a higher term")
                : new Status(
                    StatusCode.FailedPrecondition,
                    $"the gateway holds configuration {reached}, newer than {newest.Version} of this operator; another operator leads, or this one lost its state folder"));
        }

        var nothingNew = reached == newest.Version && held?.Revision == newest.Configuration.Revision;

        return nothingNew ? [] : ConfigurationChunks.Of(newest, held);
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.HeartbeatInterval, time);

        do
        {
            // The first one at once: it tells the gateway that it was admitted, even while there is nothing to push yet.
            await AloneAsync(() => WriteAsync(Heartbeat(), cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private OperatorMessage Heartbeat() => new() { Heartbeat = new Heartbeat { Revision = held?.Revision.ToString() ?? "" } };

    /// <summary>No heartbeat comes between a configuration's chunks, or it would name the wrong revision.</summary>
    private async Task AloneAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            await write().ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task WriteAsync(OperatorMessage message, CancellationToken cancellationToken)
    {
        if (!MaySpeak())
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "this operator leads no more"));
        }

        using var late = new CancellationTokenSource(options.WriteDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);

        try
        {
            await messages.WriteAsync(message, either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (late.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"the gateway did not take a message within {options.WriteDeadline.TotalSeconds:0.#} s"));
        }
    }
}
