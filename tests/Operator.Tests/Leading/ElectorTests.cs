using System.Net;
using System.Text.Json.Nodes;
using Portcullis.Operator.Leading;
using Portcullis.TestKit.FakeApiServer;

namespace Portcullis.Operator.Tests.Leading;

public sealed class ElectorTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ElectionClock clock = new(Start);
    private ApiServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await ApiServer.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task An_absent_Lease_is_made_and_led_under_the_clocks_epoch()
    {
        await using var first = new Candidate(server, "first", clock);

        var term = await first.LeadsAsync();

        Assert.True(term.IsHeld);
        Assert.Equal(Start.ToUnixTimeSeconds(), term.Epoch);
        Assert.Equal("first", Spec("holderIdentity"));
        Assert.Equal("15", Spec("leaseDurationSeconds"));
        Assert.Equal(Start.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), Epoch());

        // A whole second, which would otherwise be written without a fraction and refused.
        Assert.Equal("2030-01-01T00:00:00.000000Z", Spec("renewTime"));
    }

    [Fact]
    public async Task A_leader_that_renews_is_not_replaced()
    {
        await using var first = new Candidate(server, "first", clock);
        await first.LeadsAsync();
        await using var second = new Candidate(server, "second", clock);
        await second.LineAsync("first leads; second stands by.");

        await clock.PassAsync(TimeSpan.FromMinutes(2), candidates: 2);

        Assert.True(first.Leads);
        Assert.Empty(second.Terms.Entries);
        Assert.Empty(first.Ended.Entries);
    }

    [Fact]
    public async Task A_crashed_leader_is_replaced_after_the_duration_of_its_Lease_and_within_20_s()
    {
        await using var first = new Candidate(server, "first", clock);
        await first.LeadsAsync();
        await using var second = new Candidate(server, "second", clock);
        await second.LineAsync("first leads");
        await clock.PassAsync(TimeSpan.FromSeconds(7), candidates: 2);

        // From here on nothing of the first arrives, as if its machine were gone.
        server.Faults.Answer(int.MaxValue, request => request.User == "first", HttpStatusCode.ServiceUnavailable);
        var took = await clock.PassUntilAsync(second.LeadsAsync(), candidates: 2);
        var epochs = (Before: (await first.LeadsAsync()).Epoch, After: (await second.LeadsAsync()).Epoch);

        Assert.InRange(took, TimeSpan.FromSeconds(12.5), TimeSpan.FromSeconds(20));
        Assert.True(epochs.After > epochs.Before);
        Assert.False(first.Leads);
        Assert.Equal("1", Spec("leaseTransitions"));
    }

    [Fact]
    public async Task A_clean_exit_releases_the_Lease_and_a_standby_follows_within_3_s()
    {
        await using var first = new Candidate(server, "first", clock);
        await first.LeadsAsync();
        await using var second = new Candidate(server, "second", clock);
        await second.LineAsync("first leads");

        await first.StopAsync();
        var released = (Holder: Spec("holderIdentity"), Duration: Spec("leaseDurationSeconds"));
        var took = await clock.PassUntilAsync(second.LeadsAsync(), candidates: 1);

        Assert.Equal(("", "1"), released);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.Equal("15", Spec("leaseDurationSeconds"));
    }

    [Theory]
    [InlineData("spec: {}")]
    [InlineData("spec: {holderIdentity: \"\", leaseTransitions: 3}")]
    public async Task A_Lease_that_nobody_holds_is_free_at_once(string spec)
    {
        server.Objects.Apply($"{{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {{namespace: default, name: portcullis-operator}}, {spec}}}");

        await using var first = new Candidate(server, "first", clock);

        Assert.True((await first.LeadsAsync()).IsHeld);
    }

    [Fact]
    public async Task What_the_Lease_holds_besides_is_kept_and_a_clock_that_was_set_back_does_not_set_back_the_epoch()
    {
        server.Objects.Apply(
            """
            {apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {namespace: default, name: portcullis-operator, labels: {team: edge}, annotations: {portcullis.dev/epoch: "99999999999"}}, spec: {}}
            """);

        await using var first = new Candidate(server, "first", clock);

        Assert.Equal(100_000_000_000, (await first.LeadsAsync()).Epoch);
        Assert.Equal("edge", Lease()["metadata"]!["labels"]!["team"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_Lease_that_is_deleted_ends_the_term_and_does_not_restart_the_epoch()
    {
        server.Objects.Apply(
            """
            {apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {namespace: default, name: portcullis-operator, annotations: {portcullis.dev/epoch: "99999999999"}}, spec: {}}
            """);
        await using var first = new Candidate(server, "first", clock);
        await first.LeadsAsync();

        server.Objects.Delete("Lease", Candidate.Lease);
        var ended = first.EndedAsync();
        await clock.PassUntilAsync(ended, candidates: 1);
        var again = await first.LeadsAsync(terms: 2);

        Assert.Equal(100_000_000_001, again.Epoch);
        await first.LineAsync("leads no more (epoch 100000000000): the Lease was deleted.");
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_term_that_a_gateway_is_ahead_of_is_followed_by_a_higher_one_of_the_same_leader()
    {
        await using var first = new Candidate(server, "first", clock);
        var term = await first.LeadsAsync();
        await using var second = new Candidate(server, "second", clock);
        await second.LineAsync("first leads; second stands by.");

        Assert.True(term.Outrun(term.Epoch + 300));
        await clock.PassUntilAsync(first.EndedAsync(), candidates: 2);
        var higher = await first.LeadsAsync(terms: 2);

        Assert.Equal(term.Epoch + 301, higher.Epoch);
        Assert.Empty(second.Terms.Entries);
        await first.LineAsync($"gateways hold a configuration of epoch {term.Epoch + 300}, and take none of epoch {term.Epoch}.");
    }

    [Fact]
    public async Task A_gateway_that_is_ahead_again_and_again_costs_one_term_a_minute()
    {
        await using var first = new Candidate(server, "first", clock);
        var term = await first.LeadsAsync();
        term.Outrun(term.Epoch);
        await clock.PassUntilAsync(first.EndedAsync(), candidates: 1);
        var second = await first.LeadsAsync(terms: 2);

        second.Outrun(second.Epoch);
        await clock.PassAsync(TimeSpan.FromSeconds(50), candidates: 1);
        var held = second.IsHeld;
        await clock.PassUntilAsync(first.EndedAsync(terms: 2), candidates: 1);

        Assert.True(held);
        Assert.True((await first.LeadsAsync(terms: 3)).Epoch > second.Epoch);
    }

    [Fact]
    public async Task Refusals_and_broken_connections_cost_no_leadership_before_the_deadline()
    {
        await using var first = new Candidate(server, "first", clock);
        await first.LeadsAsync();

        server.Faults.Answer(3, request => request.Method == "PUT", HttpStatusCode.InternalServerError);
        await clock.PassAsync(TimeSpan.FromSeconds(30), candidates: 1);
        await server.StopAsync();
        await clock.PassAsync(TimeSpan.FromSeconds(6), candidates: 1);
        await server.ResumeAsync(Cancellation);
        await clock.PassAsync(TimeSpan.FromSeconds(30), candidates: 1);

        Assert.True(first.Leads);
        Assert.Empty(first.Ended.Entries);
        Assert.Single(first.Terms.Entries);
    }

    [Fact]
    public async Task A_leader_that_cannot_renew_until_the_deadline_leads_no_more()
    {
        await using var first = new Candidate(server, "first", clock);
        await first.LeadsAsync();

        await server.StopAsync();
        var took = await clock.PassUntilAsync(first.EndedAsync(), candidates: 1);

        Assert.InRange(took, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10.5));
        await first.LineAsync("it could not renew the Lease for 00:00:10.");
    }

    [Fact]
    public async Task An_API_server_that_hangs_is_no_reason_to_lead_on()
    {
        await using var first = new Candidate(server, "first", clock);
        var term = await first.LeadsAsync();
        using var hanging = new CancellationTokenSource();
        server.Faults.BeforeRequest = _ => Task.Delay(Timeout.InfiniteTimeSpan, hanging.Token).ContinueWith(_ => { }, TaskScheduler.Default);

        clock.Jump(TimeSpan.FromSeconds(10));

        Assert.False(term.IsHeld);
        await first.EndedAsync();
        await hanging.CancelAsync();
        server.Faults.BeforeRequest = _ => Task.CompletedTask;
    }

    [Fact]
    public async Task Whoever_finds_another_holder_leads_no_more_at_once()
    {
        await using var first = new Candidate(server, "first", clock);
        await first.LeadsAsync();

        var taken = Lease();
        taken["spec"]!["holderIdentity"] = "usurper";
        server.Objects.Apply(taken.ToJsonString());
        var took = await clock.PassUntilAsync(first.EndedAsync(), candidates: 1);

        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
        await first.LineAsync("usurper holds the Lease");
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_is_recognised()
    {
        await using var first = new Candidate(server, "first", clock);
        await first.LeadsAsync();
        var lost = 0;
        server.Faults.BeforeAnswer = request =>
        {
            if (request.Method == "PUT" && Interlocked.Exchange(ref lost, 1) == 0)
            {
                server.CutConnections();
            }

            return Task.CompletedTask;
        };

        await clock.PassAsync(TimeSpan.FromSeconds(30), candidates: 1);

        Assert.Equal(1, lost);
        Assert.True(first.Leads);
        Assert.Empty(first.Ended.Entries);
    }

    [Fact]
    public async Task Of_many_that_want_an_expired_Lease_one_leads()
    {
        server.Objects.Apply(
            """
            {apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {namespace: default, name: portcullis-operator}, spec: {holderIdentity: gone, leaseDurationSeconds: 15}}
            """);
        Candidate[] candidates = [.. Enumerable.Range(0, 5).Select(number => new Candidate(server, $"candidate-{number}", clock))];

        await clock.PassAsync(TimeSpan.FromSeconds(60), candidates.Length);
        var leaders = candidates.Count(candidate => candidate.Leads);
        var terms = candidates.Sum(candidate => candidate.Terms.Entries.Length);

        foreach (var candidate in candidates)
        {
            await candidate.DisposeAsync();
        }

        Assert.Equal((1, 1), (leaders, terms));
    }

    [Fact]
    public async Task What_does_not_stop_with_its_term_ends_the_elector_and_keeps_the_Lease()
    {
        var hanging = new TaskCompletionSource();
        var led = new TaskCompletionSource<Term>();
        await using var first = new Candidate(server, "first", clock, term =>
        {
            led.SetResult(term);
            return hanging.Task;
        });
        await led.Task;
        server.Objects.Delete("Lease", Candidate.Lease);

        // Nobody sleeps between two looks here; a clock that did not wait for the elector's threads would be through before they had begun.
        while (!first.RunningAsync().IsCompleted)
        {
            clock.Jump(TimeSpan.FromSeconds(0.25));
            await Task.WhenAny(first.RunningAsync(), Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation));
        }

        await Assert.ThrowsAsync<TermOverrunException>(first.RunningAsync);
        hanging.SetResult();
    }

    [Fact]
    public async Task A_failure_in_the_term_is_the_electors_and_the_Lease_is_released()
    {
        await using var first = new Candidate(server, "first", clock, _ => Task.FromException(new InvalidOperationException("a fault of ours")));

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(first.RunningAsync);

        Assert.Equal("a fault of ours", fault.Message);
        Assert.Equal("", Spec("holderIdentity"));
    }

    private JsonObject Lease() => server.Objects.Find("Lease", Candidate.Lease)!;

    private string? Spec(string field) => server.Objects.Find("Lease", Candidate.Lease)?["spec"]?[field]?.ToString();

    private string? Epoch() => Lease()["metadata"]!["annotations"]![LeaseReading.EpochAnnotation]!.GetValue<string>();
}
