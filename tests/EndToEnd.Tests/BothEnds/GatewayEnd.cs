using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Link;
using Portcullis.Operator.Tests.Delivery;
using Portcullis.TestKit.Logs;

namespace Portcullis.EndToEnd.Tests.BothEnds;

/// <summary>The gateway's end of the stream, without a proxy behind it: the test applies and reports by hand.</summary>
internal sealed class GatewayEnd : IAsyncDisposable
{
    private readonly OperatorLink link;
    private readonly IAsyncEnumerator<VersionedConfiguration> configurations;

    private GatewayEnd(OperatorLink link, TestLog log)
    {
        this.link = link;
        Log = log;
        configurations = link.Configurations.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
    }

    public TestLog Log { get; }

    public VersionedConfiguration? Newest => link.Configurations.Value;

    public static LinkOptions OptionsFor(OperatorEnd end) => new()
    {
        Operator = end.Address,
        CaFile = end.CaFile,
        TokenFile = end.TokenFile,
        PodName = "pod-1",
        PodUid = "uid-1",
        Reconnect = new Backoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100)),
    };

    public static Task<GatewayEnd> StartAsync(OperatorEnd end) => StartAsync(OptionsFor(end));

    public static async Task<GatewayEnd> StartAsync(LinkOptions options)
    {
        var log = new TestLog();
        var link = new OperatorLink(options, TimeProvider.System, log.For<OperatorLink>());
        await link.StartAsync(TestContext.Current.CancellationToken);
        return new GatewayEnd(link, log);
    }

    /// <summary>The next one that is new to this reader.</summary>
    public async Task<VersionedConfiguration> NextAsync()
    {
        Assert.True(await configurations.MoveNextAsync());
        return configurations.Current;
    }

    /// <summary>Reads on until this one is there.</summary>
    public async Task ReachesAsync(VersionedConfiguration configuration)
    {
        while ((await NextAsync()).Configuration.Revision != configuration.Configuration.Revision)
        {
        }
    }

    /// <summary>What a gateway says when it runs all of it.</summary>
    public void Acknowledge(VersionedConfiguration configuration, params EntryProblem[] refused) => link.Reports.Offer(new GatewayReport
    {
        Applied = new AppliedConfiguration
        {
            Epoch = configuration.Version.Epoch,
            Sequence = configuration.Version.Sequence,
            Revision = configuration.Configuration.Revision,
            Refused = [.. refused],
        },
        Bundles = [],
    });

    /// <summary>The first log line with this text, as soon as it is there.</summary>
    public async Task<LogLine> LineAsync(string text)
    {
        bool Wanted(LogLine line) => line.Message.Contains(text, StringComparison.Ordinal);

        return (await Log.Lines.WaitAsync(lines => lines.Any(Wanted), TestContext.Current.CancellationToken)).First(Wanted);
    }

    public async ValueTask DisposeAsync()
    {
        await link.StopAsync(CancellationToken.None);
        await configurations.DisposeAsync();
        link.Dispose();
        Log.Dispose();
    }
}
