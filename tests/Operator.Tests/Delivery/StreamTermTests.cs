using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Portcullis.Contract.Wire;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Hosting;
using static Portcullis.Operator.Tests.Delivery.Configurations;

namespace Portcullis.Operator.Tests.Delivery;

public sealed class StreamTermTests : IDisposable
{
    private static readonly Caller.Pod Pod = new("edge", "gateway", "pod-uid-1", "uid-1", DateTimeOffset.MaxValue);
    private readonly CancellationTokenSource ended = new();
    private readonly LeadingFleet fleet = new();
    private readonly FleetHub hub = new(["default", "other"], epoch: 7);
    private bool held = true;
    private long outrunBy;

    public void Dispose() => ended.Dispose();

    [Fact]
    public async Task A_standby_says_so_before_it_knows_who_asks_and_before_anything_is_said()
    {
        await using var end = await StartAsync(new Caller.Stranger("nobody knows it"));
        using var gateway = RawGateway.Connect(end, token: "anything");

        var said = await gateway.ReadToEndAsync();

        Assert.Equal([OperatorMessage.MessageOneofCase.NotLeading], said.Select(message => message.MessageCase));
    }

    [Fact]
    public async Task A_stream_ends_with_its_term_and_says_so()
    {
        Lead();
        await using var end = await StartAsync();
        using var gateway = await RawGateway.JoinAsync(end);

        await ended.CancelAsync();
        var said = await gateway.ReadToEndAsync();
        await hub.EmptiedAsync(TestContext.Current.CancellationToken);

        Assert.Equal(OperatorMessage.MessageOneofCase.NotLeading, said[^1].MessageCase);
        Assert.Contains(end.Log.Lines.Entries, line => line.Message.Contains("left: pod-uid-1: this operator leads no more", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_gateway_that_holds_something_newer_is_put_off_until_a_higher_term()
    {
        Lead();
        await using var end = await StartAsync();
        hub.Offer(Large(1, 1));
        using var gateway = RawGateway.Connect(end);
        await gateway.SayHelloAsync(epoch: 7, sequence: 2);

        var status = await gateway.ReadFailureAsync();

        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.Contains("holds configuration 7.2, newer than 7.1 of this operator, which is to begin a higher term", status.Detail, StringComparison.Ordinal);
        Assert.Equal(7, Interlocked.Read(ref outrunBy));
    }

    [Fact]
    public async Task A_gateway_that_reads_nothing_does_not_hold_up_the_end_of_a_term()
    {
        Lead();
        await using var end = await StartAsync();
        hub.Offer(Enumerable.Range(0, 20).Select(number => Large(number, 900_000)).ToArray());
        using var stuck = await RawGateway.JoinAsync(end);

        await ended.CancelAsync();

        await hub.EmptiedAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task Nothing_is_pushed_in_a_term_that_is_held_no_more_although_nobody_was_told_yet()
    {
        Lead();
        await using var end = await StartAsync();
        using var gateway = await RawGateway.JoinAsync(end);

        held = false;
        hub.Offer(Certificate("a", "late"));
        var status = await gateway.ReadFailureAsync();

        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.Contains("leads no more", status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10_000, 200)]
    [InlineData(200, 10_000)]
    public async Task A_call_ends_when_its_token_does_or_its_time_is_over_and_asks_to_be_called_again(int tokenMilliseconds, int callMilliseconds)
    {
        Lead();
        var caller = Pod with { Expires = TimeProvider.System.GetUtcNow().AddMilliseconds(tokenMilliseconds) };
        await using var end = await StartAsync(caller, new DeliveryOptions { LongestCall = TimeSpan.FromMilliseconds(callMilliseconds) });
        using var gateway = await RawGateway.JoinAsync(end);

        var said = await gateway.ReadToEndAsync();

        Assert.Equal(OperatorMessage.MessageOneofCase.CallAgain, said[^1].MessageCase);
    }

    [Fact]
    public async Task A_declared_pod_is_admitted()
    {
        Lead();
        await using var end = await StartAsync(Pod);

        using var gateway = await RawGateway.JoinAsync(end);

        Assert.Equal(["pod-uid-1"], hub.State.Value!.Gateways.Select(member => member.PodName));
    }

    [Theory]
    [InlineData("other", "uid-1", "not declared for gateway 'other'")]
    [InlineData("default", "uid-2", "the hello says pod pod-uid-2 (uid uid-2)")]
    public async Task A_pod_that_says_it_is_another_is_refused(string gateway, string uid, string why)
    {
        Lead();
        await using var end = await StartAsync(Pod);
        using var raw = RawGateway.Connect(end);
        await raw.SayHelloAsync(gateway, uid);

        var status = await raw.ReadFailureAsync();

        Assert.Equal(StatusCode.PermissionDenied, status.StatusCode);
        Assert.Contains(why, status.Detail, StringComparison.Ordinal);
        Assert.Empty(hub.State.Value!.Gateways);
    }

    [Theory]
    [InlineData("edge", "another")]
    [InlineData("another", "gateway")]
    public async Task A_pod_of_no_declared_gateway_is_refused_before_its_hello(string ns, string account)
    {
        Lead();
        await using var end = await StartAsync(Pod with { Namespace = ns, ServiceAccount = account });
        using var raw = RawGateway.Connect(end);

        var status = await raw.ReadFailureAsync();

        Assert.Equal(StatusCode.Unauthenticated, status.StatusCode);
        Assert.DoesNotContain("default", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_nobody_could_review_admits_nobody_and_may_be_shown_again()
    {
        Lead();
        await using var end = await StartAsync(new Caller.Unknown("the API server did not answer within 4 s"));
        using var raw = RawGateway.Connect(end);

        var status = await raw.ReadFailureAsync();

        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.Contains(end.Log.Lines.Entries, line => line.Message.Contains("its token could not be reviewed: the API server did not answer within 4 s", StringComparison.Ordinal));
    }

    private void Lead() => fleet.Begin(new FleetTerm(hub, () => Volatile.Read(ref held), epoch => Interlocked.Exchange(ref outrunBy, epoch) == 0, ended.Token));

    private Task<OperatorEnd> StartAsync(Caller? caller = null, DeliveryOptions? options = null) =>
        OperatorEnd.StartAsync(hub, folder: null, port: 0, options, app => app.MapGatewayStream(), services => services
            .AddSingleton(fleet)
            .AddSingleton(new Admission([new AdmittedGateway("default", "edge", "gateway"), new AdmittedGateway("other", "edge", "internal")]))
            .AddSingleton<IGatewayAuthenticator>(new KnownCaller(caller ?? new Caller.AnyGateway())));
}
