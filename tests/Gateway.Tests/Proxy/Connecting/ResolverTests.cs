using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Logs;

namespace Portcullis.Gateway.Tests.Proxy.Connecting;

public sealed class ResolverTests : IDisposable
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");
    private static readonly SocketException Unknown = new((int)SocketError.HostNotFound);

    private readonly FakeTimeProvider time = new();
    private readonly Queue<Task<IPAddress[]>> answers = new();
    private readonly List<string> asked = [];
    private readonly TestLog log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task A_name_is_asked_for_at_every_connect()
    {
        var (resolver, endpoint) = (Answering(Found(One), Found(Two, One)), At("orders.corp.internal"));

        Assert.Equal([One], await resolver.AddressesOfAsync(endpoint, Cancellation));
        Assert.Equal([Two, One], await resolver.AddressesOfAsync(endpoint, Cancellation));
        Assert.Equal(["orders.corp.internal", "orders.corp.internal"], asked);
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    public async Task An_address_is_no_question(string address)
    {
        Assert.Equal([IPAddress.Parse(address)], await Answering().AddressesOfAsync(At(address), Cancellation));
        Assert.Empty(asked);
    }

    [Fact]
    public async Task A_failed_or_empty_lookup_keeps_the_last_good_answer_and_the_next_good_one_replaces_it()
    {
        var (resolver, endpoint) = (Answering(Found(One), Failed(), Found(), Failed(), Found(Two), Failed()), At("orders.corp.internal"));
        var seen = new List<IPAddress>();

        for (var number = 0; number < 6; number++)
        {
            seen.Add(Assert.Single(await resolver.AddressesOfAsync(endpoint, Cancellation)));
        }

        Assert.Equal([One, One, One, One, Two, Two], seen);
    }

    [Fact]
    public async Task A_lookup_without_an_answer_keeps_a_connect_waiting_for_a_second_only()
    {
        var (resolver, endpoint) = (Answering(Found(One), new TaskCompletionSource<IPAddress[]>().Task), At("orders.corp.internal"));
        await resolver.AddressesOfAsync(endpoint, Cancellation);

        var waiting = resolver.AddressesOfAsync(endpoint, Cancellation);
        Assert.False(waiting.IsCompleted);
        time.Advance(Resolver.Patience);

        Assert.Equal([One], await waiting);
    }

    [Fact]
    public async Task What_was_never_found_is_an_error_and_one_endpoints_answer_is_nothing_to_another()
    {
        var resolver = Answering(Found(One), Failed(), Found());
        await resolver.AddressesOfAsync(At("known.corp.internal"), Cancellation);

        await Assert.ThrowsAsync<SocketException>(() => resolver.AddressesOfAsync(At("orders.corp.internal"), Cancellation));
        Assert.Empty(await resolver.AddressesOfAsync(At("orders.corp.internal"), Cancellation));
    }

    [Fact]
    public async Task That_the_last_good_answer_has_to_do_is_told_once_and_so_is_its_end()
    {
        var resolver = Answering(Found(One), Found(One), Failed(), Found(), Failed(), Found(Two), Found(One), Failed());
        var endpoint = At("orders.corp.internal");

        for (var number = 0; number < 8; number++)
        {
            await resolver.AddressesOfAsync(endpoint, Cancellation);
        }

        Assert.Equal([LogLevel.Warning, LogLevel.Information, LogLevel.Warning], log.Lines.Entries.Select(line => line.Level));
        Assert.Contains("orders.corp.internal", log.Lines.Entries[0].Message, StringComparison.Ordinal);
        Assert.Contains(One.ToString(), log.Lines.Entries[0].Message, StringComparison.Ordinal);
        Assert.Contains(Two.ToString(), log.Lines.Entries[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lookup_without_an_answer_is_told_as_such()
    {
        var (resolver, endpoint) = (Answering(Found(One), new TaskCompletionSource<IPAddress[]>().Task), At("orders.corp.internal"));
        await resolver.AddressesOfAsync(endpoint, Cancellation);

        var waiting = resolver.AddressesOfAsync(endpoint, Cancellation);
        time.Advance(Resolver.Patience);
        await waiting;

        Assert.Contains("no answer in time", Assert.Single(log.Lines.Entries).Message, StringComparison.Ordinal);
    }

    private static Task<IPAddress[]> Found(params IPAddress[] addresses) => Task.FromResult(addresses);

    private static Task<IPAddress[]> Failed() => Task.FromException<IPAddress[]>(Unknown);

    private Resolver Answering(params Task<IPAddress[]>[] next)
    {
        foreach (var answer in next)
        {
            answers.Enqueue(answer);
        }

        return new Resolver(
            (name, _) =>
            {
                asked.Add(name);
                return answers.Dequeue();
            },
            time,
            log.For<Resolver>());
    }

    private LiveEndpoint At(string host) =>
        new(new BackendKey(new ResourceKey("shop", "web"), "orders"), new EndpointAddress("http", host, 8443), Make.Endpoint(8443).Identity, time);
}
