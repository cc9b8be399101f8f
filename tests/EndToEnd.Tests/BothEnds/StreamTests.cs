using System.Net;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Wire;
using Portcullis.Gateway.Link;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Tests.Delivery;
using Portcullis.TestKit.Processes;
using static Portcullis.Operator.Tests.Delivery.Configurations;

namespace Portcullis.EndToEnd.Tests.BothEnds;

public sealed class StreamTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string SavedFile => folder["configuration"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_configuration_arrives_and_its_acknowledgement_comes_back()
    {
        await using var end = await OperatorEnd.StartAsync(epoch: 7);
        await using var gateway = await GatewayEnd.StartAsync(end);

        end.Hub.Offer(Certificate("a", "1"), Certificate("b", "1"));
        var first = await gateway.NextAsync();
        end.Hub.Offer(Certificate("a", "1"), Certificate("b", "2"));
        var second = await gateway.NextAsync();
        gateway.Acknowledge(second);
        var fleet = await FleetAsync(end, fleet => fleet.Gateways is [{ Applied: not null }]);

        Assert.Equal(new ConfigurationVersion(7, 1), first.Version);
        Assert.Equal(new ConfigurationVersion(7, 2), second.Version);
        Assert.Equal(end.Hub.NewestOf().Revision, second.Configuration.Revision);
        Assert.Equal(second.Configuration.Revision, fleet.Gateways[0].Applied!.Revision);
        Assert.Equal("pod-1", fleet.Gateways[0].PodName);
    }

    [Fact]
    public async Task A_configuration_of_more_than_4_MiB_arrives_whole()
    {
        await using var end = await OperatorEnd.StartAsync();
        await using var gateway = await GatewayEnd.StartAsync(end);

        end.Hub.Offer([.. Enumerable.Range(0, 60).Select(number => Large(number, 100_000)), Large(60, 5_000_000)]);
        var arrived = await gateway.NextAsync();

        Assert.Equal(end.Hub.NewestOf().Revision, arrived.Configuration.Revision);
        Assert.Equal(61, arrived.Configuration.Entries.Count);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_restarted_operator_is_found_again_and_continues_under_its_own_epoch()
    {
        var end = await OperatorEnd.StartAsync(epoch: 7, folder.Path);
        await using var gateway = await GatewayEnd.StartAsync(end);
        end.Hub.Offer(Certificate("a", "1"));
        await gateway.NextAsync();
        var port = end.Address.Port;

        await end.DisposeAsync();
        await gateway.LineAsync("Lost the operator");
        await using var restarted = await OperatorEnd.StartAsync(epoch: 8, folder.Path, port);
        restarted.Hub.Offer(Certificate("a", "2"));
        var next = await gateway.NextAsync();

        Assert.Equal(new ConfigurationVersion(8, 1), next.Version);
        await gateway.LineAsync("Regained the operator");
        Assert.Single(gateway.Log.Lines.Entries, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task An_operator_of_an_older_epoch_changes_nothing()
    {
        var end = await OperatorEnd.StartAsync(epoch: 8, folder.Path);
        await using var gateway = await GatewayEnd.StartAsync(end);
        end.Hub.Offer(Certificate("a", "newer"));
        var held = await gateway.NextAsync();
        var port = end.Address.Port;

        await end.DisposeAsync();
        await using var stale = await OperatorEnd.StartAsync(epoch: 7, folder.Path, port);
        stale.Hub.Offer(Certificate("a", "older"));
        gateway.Log.Announce("cannot be used");
        var line = await gateway.LineAsync("newer than 7.1 of this operator");

        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Equal(held, gateway.Newest);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_configuration_older_than_the_held_one_is_refused_by_the_gateway_itself()
    {
        var (newer, older) = (Versioned(8, 1, Certificate("a", "newer")), Versioned(7, 9, Certificate("a", "older")));
        var (end, script) = await ScriptedOperator.StartAsync([.. Messages(newer), .. Messages(older)]);
        await using var stopping = end;
        await using var gateway = await GatewayEnd.StartAsync(end);

        await script.NextHelloAsync();
        var again = await script.NextHelloAsync();

        Assert.Equal((8, 1, newer.Configuration.Revision.ToString()), (again.Epoch, again.Sequence, again.Revision));
        Assert.Equal(newer.Version, gateway.Newest!.Version);
        gateway.Log.Announce("cannot be used");
        var line = await gateway.LineAsync("older than the held 8.1");
        Assert.Equal(LogLevel.Error, line.Level);
    }

    [Fact]
    public async Task An_entry_altered_on_its_way_leads_to_a_full_snapshot()
    {
        var whole = Versioned(7, 1, Certificate("a", "1"));
        var altered = Messages(whole);
        altered[0].Chunk.Upserts[0].Content = Google.Protobuf.ByteString.CopyFromUtf8("{}");
        var (end, script) = await ScriptedOperator.StartAsync(altered, Messages(whole));
        await using var stopping = end;
        await using var gateway = await GatewayEnd.StartAsync(end);

        var arrived = await gateway.NextAsync();

        Assert.Equal(whole.Configuration.Revision, arrived.Configuration.Revision);
        await gateway.LineAsync("does not have the digest it was announced with");
    }

    [Fact]
    public async Task A_change_to_something_else_than_what_is_held_leads_to_a_full_snapshot()
    {
        var (first, second) = (Versioned(7, 1, Certificate("a", "1")), Versioned(7, 2, Certificate("a", "2"), Certificate("b", "2")));
        var unknown = Messages(second);
        unknown[0].Chunk.BaseRevision = Digest.Of("something else"u8).ToString();
        var (end, script) = await ScriptedOperator.StartAsync([.. Messages(first), .. unknown], Messages(second));
        await using var stopping = end;
        await using var gateway = await GatewayEnd.StartAsync(end);

        await script.NextHelloAsync();
        var again = await script.NextHelloAsync();

        Assert.Equal((7, 1, ""), (again.Epoch, again.Sequence, again.Revision));
        await gateway.ReachesAsync(second);
    }

    [Fact]
    public async Task An_operator_that_believes_something_else_is_held_is_asked_for_everything()
    {
        var first = Versioned(7, 1, Certificate("a", "1"));
        var belief = new OperatorMessage { Heartbeat = new Heartbeat { Revision = Digest.Of("something else"u8).ToString() } };
        var (end, script) = await ScriptedOperator.StartAsync([.. Messages(first), belief]);
        await using var stopping = end;
        await using var gateway = await GatewayEnd.StartAsync(end);

        await script.NextHelloAsync();
        var again = await script.NextHelloAsync();

        Assert.Equal("", again.Revision);
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task An_entry_of_a_newer_contract_arrives_and_is_refused_alone()
    {
        var newer = EntryCodec.Encode(Certificate("newer", "1")) with { MinimumVersion = ContractVersion.Current + 1 };
        var unheardOf = new EncodedEntry(new EntryKey("Hologram", "shop/x"), ContractVersion.Current + 1, "{}"u8.ToArray(), Digest.Of("{}"u8));
        await using var end = await OperatorEnd.StartAsync();
        await using var gateway = await GatewayEnd.StartAsync(end);

        end.Hub.Offer(System.Collections.Immutable.ImmutableSortedDictionary<string, GatewayConfiguration>.Empty
            .Add("default", GatewayConfiguration.Of([EntryCodec.Encode(Certificate("a", "1")), newer, unheardOf])));
        var arrived = await gateway.NextAsync();
        var refused = arrived.Configuration.Entries.Values.Select(entry => EntryCodec.TryDecode(entry, out _, out var refusal) ? null : refusal).OfType<EntryProblem>().ToArray();
        gateway.Acknowledge(arrived, refused);
        var fleet = await FleetAsync(end, fleet => fleet.Gateways is [{ Applied: not null }]);

        Assert.Equal(["Certificate:shop/newer", "Hologram:shop/x"], fleet.Gateways[0].Applied!.Refused.Select(problem => problem.Entry.ToString()));
        Assert.All(fleet.Gateways[0].Applied!.Refused, problem => Assert.Contains("upgrade the gateway", problem.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_token_is_refused_with_what_to_do_and_no_end_shows_it()
    {
        await using var end = await OperatorEnd.StartAsync();
        var tokenFile = folder["another-token"];
        await File.WriteAllTextAsync(tokenFile, "not-the-token-4711", TestContext.Current.CancellationToken);

        await using var gateway = await GatewayEnd.StartAsync(GatewayEnd.OptionsFor(end) with { TokenFile = tokenFile });
        gateway.Log.Announce("cannot be used");
        var line = await gateway.LineAsync("does not accept this gateway's token");

        Assert.Equal(LogLevel.Error, line.Level);
        AssertNoLine(end, gateway, "4711");
    }

    [Fact]
    public async Task An_operator_under_another_authority_is_not_spoken_to()
    {
        await using var end = await OperatorEnd.StartAsync();
        await using var another = await OperatorEnd.StartAsync();

        await using var gateway = await GatewayEnd.StartAsync(GatewayEnd.OptionsFor(end) with { CaFile = another.CaFile });
        gateway.Log.Announce("cannot be used");
        var line = await gateway.LineAsync("its certificate is not vouched for by");

        Assert.Equal(LogLevel.Error, line.Level);
        Assert.DoesNotContain(end.Log.Lines.Entries, record => record.Message.Contains("joined", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_operator_under_another_name_is_not_spoken_to()
    {
        await using var end = await OperatorEnd.StartAsync();

        await using var path = new BlackHole(end.Address, IPAddress.Parse("127.0.0.2"));

        // The certificate names localhost and 127.0.0.1.
        await using var gateway = await GatewayEnd.StartAsync(GatewayEnd.OptionsFor(end) with { Operator = path.Address });
        gateway.Log.Announce("cannot be used");
        var line = await gateway.LineAsync("or not for the name 127.0.0.2");

        Assert.Equal(LogLevel.Error, line.Level);
        Assert.DoesNotContain(end.Log.Lines.Entries, record => record.Message.Contains("joined", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_path_that_swallows_everything_is_noticed_at_both_ends_and_left()
    {
        await using var end = await OperatorEnd.StartAsync(options: new DeliveryOptions { GatewayTimeout = TimeSpan.FromSeconds(1), HeartbeatInterval = TimeSpan.FromMilliseconds(200) });
        await using var path = new BlackHole(end.Address);
        await using var gateway = await GatewayEnd.StartAsync(GatewayEnd.OptionsFor(end) with
        {
            Operator = path.Address,
            OperatorTimeout = TimeSpan.FromSeconds(1),
            HeartbeatInterval = TimeSpan.FromMilliseconds(200),
        });
        end.Hub.Offer(Certificate("a", "1"));
        await gateway.NextAsync();

        path.Swallow();
        await FleetAsync(end, fleet => fleet.Gateways.IsEmpty);
        await gateway.LineAsync("nothing was heard from it for 1 s");
        path.Heal();
        end.Hub.Offer(Certificate("a", "2"));
        var next = await gateway.NextAsync();

        Assert.Equal(end.Hub.NewestOf().Revision, next.Configuration.Revision);
    }

    [Fact]
    public async Task Pings_find_a_dead_path_before_the_deadlines_do()
    {
        await using var end = await OperatorEnd.StartAsync();
        await using var path = new BlackHole(end.Address);
        await using var gateway = await GatewayEnd.StartAsync(GatewayEnd.OptionsFor(end) with
        {
            Operator = path.Address,
            PingDelay = TimeSpan.FromSeconds(1),
            PingTimeout = TimeSpan.FromSeconds(1),
        });
        end.Hub.Offer(Certificate("a", "1"));
        await gateway.NextAsync();

        path.Swallow();

        await gateway.LineAsync("Lost the operator");
    }

    [Fact]
    [Trait("Promise", "P5")]
    [UnsupportedOSPlatform("windows")]
    public async Task A_restarted_gateway_begins_with_what_it_last_acknowledged_and_without_the_operator()
    {
        var end = await OperatorEnd.StartAsync(epoch: 7, folder.Path);
        var options = GatewayEnd.OptionsFor(end) with { SavedConfiguration = SavedFile };
        var gateway = await GatewayEnd.StartAsync(options);
        end.Hub.Offer(Certificate("a", "1"));
        var held = await gateway.NextAsync();
        gateway.Acknowledge(held);
        await SavedAsync(options, held.Version);
        await gateway.DisposeAsync();
        await end.DisposeAsync();

        await using var restarted = await GatewayEnd.StartAsync(options);
        var first = await restarted.NextAsync();

        Assert.Equal(held.Version, first.Version);
        Assert.Equal(held.Configuration.Revision, first.Configuration.Revision);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(options.SavedConfiguration!));
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task What_was_received_and_never_acknowledged_is_not_there_after_a_restart()
    {
        await using var end = await OperatorEnd.StartAsync(epoch: 7);
        var options = GatewayEnd.OptionsFor(end) with { SavedConfiguration = SavedFile };

        await using (var gateway = await GatewayEnd.StartAsync(options))
        {
            end.Hub.Offer(Certificate("a", "1"));
            var good = await gateway.NextAsync();
            gateway.Acknowledge(good);
            await SavedAsync(options, good.Version);
            end.Hub.Offer(Certificate("a", "2"));
            await gateway.NextAsync();
        }

        Assert.True(new SavedConfiguration(options.SavedConfiguration!).TryLoad(out var saved, out _));
        Assert.Equal(new ConfigurationVersion(7, 1), saved.Version);
    }

    [Fact]
    public async Task A_saved_configuration_makes_the_first_push_after_a_restart_a_difference()
    {
        var first = Versioned(7, 1, Certificate("a", "1"));
        var options = SavedFile;
        await new SavedConfiguration(options).SaveAsync(first, TestContext.Current.CancellationToken);
        var (end, script) = await ScriptedOperator.StartAsync();
        await using var stopping = end;

        await using var gateway = await GatewayEnd.StartAsync(GatewayEnd.OptionsFor(end) with { SavedConfiguration = options });
        var hello = await script.NextHelloAsync();

        Assert.Equal((7, 1, first.Configuration.Revision.ToString()), (hello.Epoch, hello.Sequence, hello.Revision));
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task Neither_token_nor_key_appears_in_any_log_of_either_end()
    {
        await using var end = await OperatorEnd.StartAsync();
        await using var gateway = await GatewayEnd.StartAsync(GatewayEnd.OptionsFor(end) with { SavedConfiguration = SavedFile });

        end.Hub.Offer(new CertificateEntry { Certificate = new ResourceKey("shop", "a"), ChainPem = "chain", PrivateKeyPem = "SECRET-KEY-0815" });
        gateway.Acknowledge(await gateway.NextAsync());
        await FleetAsync(end, fleet => fleet.Gateways is [{ Applied: not null }]);

        Assert.NotEmpty(end.Log.Lines.Entries);
        AssertNoLine(end, gateway, "SECRET-KEY-0815");
        AssertNoLine(end, gateway, await File.ReadAllTextAsync(end.TokenFile, TestContext.Current.CancellationToken));
    }

    private static void AssertNoLine(OperatorEnd end, GatewayEnd gateway, string secret) =>
        Assert.DoesNotContain(
            end.Log.Lines.Entries.Concat(gateway.Log.Lines.Entries),
            line => line.Message.Contains(secret, StringComparison.Ordinal)
                || (line.Exception?.ToString().Contains(secret, StringComparison.Ordinal) ?? false));

    private static VersionedConfiguration Versioned(long epoch, long sequence, params ConfigurationEntry[] entries) =>
        new(new ConfigurationVersion(epoch, sequence), GatewayConfiguration.Of(entries));

    private static OperatorMessage[] Messages(VersionedConfiguration configuration) =>
        [.. ConfigurationChunks.Of(configuration, held: null).Select(chunk => new OperatorMessage { Chunk = chunk })];

    private static async Task SavedAsync(LinkOptions options, ConfigurationVersion version)
    {
        while (!new SavedConfiguration(options.SavedConfiguration!).TryLoad(out var saved, out _) || saved.Version != version)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }
    }

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
