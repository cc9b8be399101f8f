using Grpc.Core;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Contract.Wire;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Fleet;
using static Portcullis.Operator.Tests.Delivery.Configurations;

namespace Portcullis.Operator.Tests.Delivery;

public sealed class DeliveryTests
{
    private static readonly ResourceKey Route = new("shop", "web");

    [Fact]
    public async Task The_first_push_holds_everything_and_the_next_only_what_changed()
    {
        await using var end = await OperatorEnd.StartAsync(epoch: 7);
        using var gateway = await RawGateway.JoinAsync(end);

        end.Hub.Offer(Certificate("a", "1"), Certificate("b", "1"), Certificate("c", "1"));
        var first = Assert.Single(await gateway.ReadConfigurationAsync());
        end.Hub.Offer(Certificate("a", "1"), Certificate("b", "2"));
        var second = Assert.Single(await gateway.ReadConfigurationAsync());

        Assert.Equal(["Certificate:shop/a", "Certificate:shop/b", "Certificate:shop/c"], first.Upserts.Select(entry => entry.Key));
        Assert.Equal("", first.BaseRevision);
        Assert.Equal((7, 1), (first.Epoch, first.Sequence));
        Assert.Equal(["Certificate:shop/b"], second.Upserts.Select(entry => entry.Key));
        Assert.Equal(["Certificate:shop/c"], second.Removed);
        Assert.Equal(first.Revision, second.BaseRevision);
        Assert.Equal((7, 2), (second.Epoch, second.Sequence));
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task Nothing_is_pushed_before_the_first_translation()
    {
        await using var end = await OperatorEnd.StartAsync(options: new DeliveryOptions { HeartbeatInterval = TimeSpan.FromMilliseconds(20) });
        using var gateway = await RawGateway.JoinAsync(end);

        var messages = new[] { await gateway.ReadAsync(), await gateway.ReadAsync(), await gateway.ReadAsync() };

        Assert.All(messages, message => Assert.Equal(new Heartbeat(), message.Heartbeat));
    }

    [Fact]
    public async Task A_gateway_that_comes_back_gets_the_difference_to_what_it_holds()
    {
        await using var end = await OperatorEnd.StartAsync(epoch: 7);
        end.Hub.Offer(Certificate("a", "1"), Certificate("b", "1"));
        var held = end.Hub.NewestOf();
        end.Hub.Offer(Certificate("a", "1"), Certificate("b", "2"));

        using var gateway = await RawGateway.JoinAsync(end, epoch: 7, sequence: 1, revision: held.Revision.ToString());
        var chunk = Assert.Single(await gateway.ReadConfigurationAsync());

        Assert.Equal(held.Revision.ToString(), chunk.BaseRevision);
        Assert.Equal(["Certificate:shop/b"], chunk.Upserts.Select(entry => entry.Key));
    }

    [Fact]
    public async Task A_gateway_that_holds_something_unknown_gets_everything()
    {
        await using var end = await OperatorEnd.StartAsync(epoch: 8);
        end.Hub.Offer(Certificate("a", "1"), Certificate("b", "1"));

        using var gateway = await RawGateway.JoinAsync(end, epoch: 7, sequence: 900, revision: Digest.Of("another operator's"u8).ToString());
        var chunk = Assert.Single(await gateway.ReadConfigurationAsync());

        Assert.Equal("", chunk.BaseRevision);
        Assert.Equal(2, chunk.Upserts.Count);
    }

    [Fact]
    public async Task A_restarted_operator_confirms_an_unchanged_configuration_under_its_own_epoch()
    {
        await using var end = await OperatorEnd.StartAsync(epoch: 8);
        end.Hub.Offer(Certificate("a", "1"));
        var revision = end.Hub.NewestOf().Revision.ToString();

        using var gateway = await RawGateway.JoinAsync(end, epoch: 7, sequence: 900, revision: revision);
        var chunk = Assert.Single(await gateway.ReadConfigurationAsync());

        Assert.Empty(chunk.Upserts);
        Assert.Equal((8, 1, revision, revision), (chunk.Epoch, chunk.Sequence, chunk.BaseRevision, chunk.Revision));
    }

    [Fact]
    public async Task An_equal_configuration_is_not_pushed_again()
    {
        await using var end = await OperatorEnd.StartAsync();
        end.Hub.Offer(Certificate("a", "1"));
        using var gateway = await RawGateway.JoinAsync(end);
        await gateway.ReadConfigurationAsync();

        end.Hub.Offer(Certificate("a", "1"));
        end.Hub.Offer(Certificate("a", "2"));
        var next = Assert.Single(await gateway.ReadConfigurationAsync());

        Assert.Equal(2, next.Sequence);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_gateway_that_holds_something_newer_is_told_so_instead_of_being_set_back()
    {
        await using var end = await OperatorEnd.StartAsync(epoch: 7);
        end.Hub.Offer(Certificate("a", "1"));
        using var gateway = RawGateway.Connect(end);
        await gateway.SayHelloAsync(epoch: 8, sequence: 1);

        var status = await gateway.ReadFailureAsync();

        Assert.Equal(StatusCode.FailedPrecondition, status.StatusCode);
        Assert.Contains("holds configuration 8.1, newer than 7.1", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_gateway_that_does_not_read_delays_nobody_and_later_skips_what_is_stale()
    {
        // How long the rounds take is the machine's affair: nobody is dropped for it here.
        await using var end = await OperatorEnd.StartAsync(options: new DeliveryOptions { WriteDeadline = TimeSpan.FromMinutes(5), GatewayTimeout = TimeSpan.FromMinutes(5) });
        using var slow = await RawGateway.JoinAsync(end, uid: "slow");
        using var quick = await RawGateway.JoinAsync(end, uid: "quick");
        var seen = new List<long>();

        for (var round = 1; round <= 30; round++)
        {
            end.Hub.Offer(Enumerable.Range(0, 4).Select(number => Certificate($"{number}", $"{round}" + new string('x', 900_000))).ToArray());
            Assert.Equal(round, (await quick.ReadConfigurationAsync())[^1].Sequence);
        }

        while (seen.LastOrDefault() != 30)
        {
            seen.Add((await slow.ReadConfigurationAsync())[^1].Sequence);
        }

        Assert.InRange(seen.Count, 2, 10);
    }

    [Theory]
    [InlineData(ContractVersion.Current - 1)]
    [InlineData(ContractVersion.Current + 1)]
    [InlineData(int.MaxValue)]
    [Trait("Promise", "P1")]
    public async Task A_gateway_of_another_version_is_sent_the_same_entries_and_judges_them_itself(int contractVersion)
    {
        await using var end = await OperatorEnd.StartAsync();
        end.Hub.Offer(Certificate("a", "1"));
        using var current = await RawGateway.JoinAsync(end, uid: "current");
        using var other = RawGateway.Connect(end);
        await other.SayHelloAsync(uid: "other", contractVersion: contractVersion);

        var expected = Assert.Single(await current.ReadConfigurationAsync());
        var sent = Assert.Single(await other.ReadConfigurationAsync());

        Assert.Equal(expected.Upserts, sent.Upserts);
        Assert.Equal(expected.Revision, sent.Revision);
    }

    [Fact]
    public async Task A_gateway_that_takes_nothing_is_dropped_at_the_write_deadline()
    {
        await using var end = await OperatorEnd.StartAsync(options: new DeliveryOptions { WriteDeadline = TimeSpan.FromMilliseconds(300) });
        using var stuck = await RawGateway.JoinAsync(end);
        var left = FleetAsync(end, fleet => fleet.Gateways.IsEmpty);

        end.Hub.Offer(Enumerable.Range(0, 20).Select(number => Large(number, 900_000)).ToArray());
        await left;

        Assert.Contains(end.Log.Lines.Entries, line => line.Message.Contains("did not take a message within 0.3 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silent_gateway_counts_as_gone()
    {
        await using var end = await OperatorEnd.StartAsync(options: new DeliveryOptions { GatewayTimeout = TimeSpan.FromMilliseconds(300) });
        using var silent = await RawGateway.JoinAsync(end);

        var status = await silent.ReadFailureAsync();

        Assert.Equal(StatusCode.DeadlineExceeded, status.StatusCode);
        Assert.Contains("nothing was heard from the gateway for 0.3 s", status.Detail, StringComparison.Ordinal);
        await FleetAsync(end, fleet => fleet.Gateways.IsEmpty);
    }

    [Fact]
    public async Task A_configuration_of_more_than_4_MiB_travels_in_chunks_of_at_most_1_MiB()
    {
        await using var end = await OperatorEnd.StartAsync();
        using var gateway = await RawGateway.JoinAsync(end);

        end.Hub.Offer(Enumerable.Range(0, 60).Select(number => Large(number, 100_000)).ToArray());
        var chunks = await gateway.ReadConfigurationAsync();

        Assert.InRange(chunks.Count, 6, 8);
        Assert.All(chunks, chunk => Assert.InRange(chunk.CalculateSize(), 1, WireLimits.ChunkBytes + 1024));
        Assert.Equal(60, chunks.Sum(chunk => chunk.Upserts.Count));
    }

    [Fact]
    public async Task A_wrong_token_is_refused_before_the_hello_and_appears_in_no_log()
    {
        await using var end = await OperatorEnd.StartAsync();
        using var stranger = RawGateway.Connect(end, token: "not-the-token-4711");

        var status = await stranger.ReadFailureAsync();

        Assert.Equal(StatusCode.Unauthenticated, status.StatusCode);
        Assert.Contains("does not accept this gateway's token", status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(end.Log.Lines.Entries, line => line.ToString().Contains("4711", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_caller_without_a_hello_is_dropped_at_the_deadline()
    {
        await using var end = await OperatorEnd.StartAsync(options: new DeliveryOptions { HelloDeadline = TimeSpan.FromMilliseconds(200) });
        using var mute = RawGateway.Connect(end);

        var status = await mute.ReadFailureAsync();

        Assert.Equal(StatusCode.DeadlineExceeded, status.StatusCode);
        Assert.Contains("no hello within 0.2 s", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undeclared_gateway_is_told_which_names_are_declared()
    {
        await using var end = await OperatorEnd.StartAsync();
        using var gateway = RawGateway.Connect(end);
        await gateway.SayHelloAsync(gateway: "prod");

        var status = await gateway.ReadFailureAsync();

        Assert.Equal(StatusCode.NotFound, status.StatusCode);
        Assert.Contains("gateway 'prod' is not declared to the operator (default, other)", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_is_sent_only_its_own_entries()
    {
        await using var end = await OperatorEnd.StartAsync();
        end.Hub.Offer(System.Collections.Immutable.ImmutableSortedDictionary<string, GatewayConfiguration>.Empty
            .Add("default", GatewayConfiguration.Of([Certificate("mine", "1")]))
            .Add("other", GatewayConfiguration.Of([Certificate("theirs", "1")])));

        using var gateway = await RawGateway.JoinAsync(end, gateway: "other");
        var chunk = Assert.Single(await gateway.ReadConfigurationAsync());

        Assert.Equal(["Certificate:shop/theirs"], chunk.Upserts.Select(entry => entry.Key));
    }

    [Fact]
    public async Task Of_two_streams_of_one_pod_the_newer_counts()
    {
        await using var end = await OperatorEnd.StartAsync();
        using var older = await RawGateway.JoinAsync(end, uid: "same");
        using var newer = await RawGateway.JoinAsync(end, uid: "same");

        var status = await older.ReadFailureAsync();
        await newer.SendAsync(new GatewayReport { Applied = new AppliedConfiguration { Epoch = 1, Sequence = 5, Revision = Digest.Of("x"u8) } });
        var fleet = await FleetAsync(end, fleet => fleet.Gateways is [{ Applied: not null }]);

        Assert.Equal(StatusCode.Aborted, status.StatusCode);
        Assert.Equal(5, fleet.Gateways[0].Applied!.Sequence);
    }

    [Fact]
    [Trait("Promise", "P8")]
    public async Task Reports_add_up_and_leave_with_their_stream()
    {
        await using var end = await OperatorEnd.StartAsync();
        var gateway = await RawGateway.JoinAsync(end);
        var bundle = new BundleReport { Bundle = Route, AnchorsInForce = 2 };

        await gateway.SendAsync(new GatewayReport { Bundles = [bundle], Observations = [Observation("a:443"), Observation("b:443")] });
        await gateway.SendAsync(new GatewayReport
        {
            Applied = new AppliedConfiguration { Epoch = 1, Sequence = 1, Revision = Digest.Of("x"u8) },
            Observations = [Observation("c:443")],
            Forgotten = [new ObservedEndpoint(Route, "main", "a:443")],
        });
        var fleet = await FleetAsync(end, fleet => fleet.Gateways is [{ Applied: not null }]);
        gateway.Dispose();
        await FleetAsync(end, fleet => fleet.Gateways.IsEmpty);

        Assert.Equal(["b:443", "c:443"], fleet.Gateways[0].Observations.Select(observation => observation.Endpoint));
        Assert.Equal(bundle, fleet.Gateways[0].Bundles[Route]);
    }

    [Fact]
    public async Task A_stopping_operator_ends_its_streams_at_once_and_says_why()
    {
        var end = await OperatorEnd.StartAsync();
        using var gateway = await RawGateway.JoinAsync(end);

        var reading = gateway.ReadFailureAsync();
        await end.DisposeAsync();
        await reading;

        // What was sent: a client that sees the connection close in the same moment may prefer to say that.
        Assert.Contains(end.Log.Lines.Entries, line => line.Message.Contains("'Unavailable' with detail 'the operator is stopping'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gateway_that_reads_nothing_does_not_hold_up_the_end_of_the_operator()
    {
        var end = await OperatorEnd.StartAsync();
        end.Hub.Offer(Enumerable.Range(0, 20).Select(number => Large(number, 900_000)).ToArray());
        using var stuck = await RawGateway.JoinAsync(end);

        var started = TimeProvider.System.GetTimestamp();
        await end.DisposeAsync();

        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static BackendObservation Observation(string endpoint) => new()
    {
        Route = Route,
        Backend = "main",
        Endpoint = endpoint,
        Verdict = new Verdict.Refused(VerdictReason.Unreachable) { Evidence = new Evidence() },
    };

    private static async Task<FleetState> FleetAsync(OperatorEnd end, Func<FleetState, bool> reached)
    {
        await foreach (var fleet in end.Hub.State.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (reached(fleet))
            {
                return fleet;
            }
        }

        throw new InvalidOperationException("unreachable");
    }
}
