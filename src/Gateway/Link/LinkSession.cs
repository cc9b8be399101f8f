using Grpc.Core;
using Grpc.Net.Client;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Handover;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Wire;

namespace Portcullis.Gateway.Link;

/// <summary>One stream to the operator, from hello to its end.</summary>
internal sealed class LinkSession(LinkOptions options, VersionedConfiguration? held, bool askForEverything, Latest<GatewayReport> reports, TimeProvider time) : IDisposable
{
    private readonly ConfigurationAssembler assembler = new(held);
    private readonly SemaphoreSlim writing = new(1);

    /// <summary>Called for every message of the operator.</summary>
    public required Action Heard { get; init; }

    public required Action<VersionedConfiguration> Received { get; init; }

    /// <summary>Returns when the operator ended the stream in good order; everything else is an exception.</summary>
    public async Task RunAsync(GrpcChannel channel, string token, CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var call = new GatewayLink.GatewayLinkClient(channel).Connect(new Metadata { { "authorization", $"Bearer {token}" } }, cancellationToken: ending.Token);

        // What is said is sent while listening: a standby answers and ends the stream before it has read anything.
        var reading = ReadAsync(call.ResponseStream, ending.Token);
        var speaking = SpeakAsync(call.RequestStream, ending.Token);
        var first = await Task.WhenAny(reading, speaking).ConfigureAwait(false);

        if (first != reading)
        {
            // A failed write only says that the stream ended; reading is what tells why, and it follows at once.
            await Task.WhenAny(reading, Task.Delay(options.PingTimeout, time, ending.Token)).ConfigureAwait(false);
        }

        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(reading, speaking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (reading.IsCanceled ? first : reading).ConfigureAwait(false);
    }

    public void Dispose() => writing.Dispose();

    private async Task ReadAsync(IAsyncStreamReader<OperatorMessage> messages, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(options.OperatorTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);

        try
        {
            while (await messages.MoveNext(either.Token).ConfigureAwait(false))
            {
                silence.CancelAfter(options.OperatorTimeout);
                Take(messages.Current);
            }
        }
        catch (Exception) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing was heard from it for {options.OperatorTimeout.TotalSeconds:0.#} s");
        }
    }

    private void Take(OperatorMessage message)
    {
        if (message.MessageCase == OperatorMessage.MessageOneofCase.NotLeading)
        {
            // Not the operator that is looked for, so nothing was heard of it.
            throw new NotLeadingException();
        }

        Heard();

        switch (message.MessageCase)
        {
            case OperatorMessage.MessageOneofCase.Chunk:
                Take(assembler.Add(message.Chunk));
                break;
            case OperatorMessage.MessageOneofCase.Heartbeat when !Agrees(message.Heartbeat.Revision):
                throw new BrokenConfigurationException($"the operator believes {message.Heartbeat.Revision} is held, it is {assembler.Held?.Configuration.Revision}");
            case OperatorMessage.MessageOneofCase.CallAgain:
                throw new CallAgainException();
            default:
                break;
        }
    }

    private void Take(AssemblyResult result)
    {
        switch (result)
        {
            case AssemblyResult.Complete complete:
                Received(complete.Configuration);
                break;
            case AssemblyResult.Broken broken:
                throw new BrokenConfigurationException(broken.Problem);
            case AssemblyResult.Stale stale:
                throw new StaleConfigurationException(stale.Version, assembler.Held!.Version);
            default:
                break;
        }
    }

    /// <summary>An operator that has pushed nothing on this stream believes nothing.</summary>
    private bool Agrees(string revision) => revision.Length == 0 || revision == assembler.Held?.Configuration.Revision.ToString();

    private Hello Hello() => new()
    {
        Gateway = options.Gateway,
        PodName = options.PodName,
        PodUid = options.PodUid,
        ContractVersion = ContractVersion.Current,
        Build = typeof(LinkSession).Assembly.GetName().Version?.ToString() ?? "",
        Epoch = held?.Version.Epoch ?? 0,
        Sequence = held?.Version.Sequence ?? 0,
        Revision = askForEverything || held is null ? "" : held.Configuration.Revision.ToString(),
    };

    private async Task SpeakAsync(IClientStreamWriter<GatewayMessage> messages, CancellationToken cancellationToken)
    {
        await SendAsync(messages, new GatewayMessage { Hello = Hello() }, cancellationToken).ConfigureAwait(false);

        Task[] loops = [ReportAsync(messages, cancellationToken), BeatAsync(messages, cancellationToken)];
        await (await Task.WhenAny(loops).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task ReportAsync(IClientStreamWriter<GatewayMessage> messages, CancellationToken cancellationToken)
    {
        var sent = new SentReports();

        await foreach (var report in reports.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var content in sent.Next(report))
            {
                await SendAsync(messages, new GatewayMessage { Report = content }, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task BeatAsync(IClientStreamWriter<GatewayMessage> messages, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.HeartbeatInterval, time);

        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            var heartbeat = new Heartbeat { Revision = assembler.Held?.Configuration.Revision.ToString() ?? "" };
            await SendAsync(messages, new GatewayMessage { Heartbeat = heartbeat }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(IClientStreamWriter<GatewayMessage> messages, GatewayMessage message, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            await messages.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }
}
