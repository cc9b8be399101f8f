using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Hosting;
using Portcullis.Gateway.Hosting.Health;
using Portcullis.Gateway.Tests.Hosting.Front;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting;

public sealed class DrainingTests : IDisposable
{
    private static readonly DrainTimes Times = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));
    private readonly FakeTimeProvider time = new();
    private readonly TestLog log = new();
    private readonly Readiness readiness;
    private readonly Draining draining;
    private bool toldGoodbye;
    private bool ended;

    public DrainingTests()
    {
        readiness = new Readiness(time);
        draining = new Draining(Times, () => toldGoodbye = true, () => ended = true, readiness, time, log.For<Draining>());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        draining.Dispose();
        log.Dispose();
    }

    [Fact]
    public async Task Readiness_goes_first_and_the_front_stays_open_for_the_delay()
    {
        var stopping = draining.StoppingAsync(Cancellation);

        Assert.False(readiness.Answer().Ready);
        Assert.Contains("draining", readiness.Answer().Reason, StringComparison.Ordinal);
        time.Advance(Times.Delay - TimeSpan.FromMilliseconds(1));
        Assert.False(stopping.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await stopping;
    }

    [Fact]
    public async Task What_still_runs_after_the_timeout_is_ended()
    {
        var stopping = draining.StoppingAsync(Cancellation);
        time.Advance(Times.Delay);
        await stopping;

        time.Advance(Times.UntilGoodbye - TimeSpan.FromMilliseconds(1));
        Assert.False(toldGoodbye);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(toldGoodbye);
        time.Advance(Times.Timeout - Times.UntilGoodbye - TimeSpan.FromMilliseconds(1));
        Assert.False(ended);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(ended);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Promise", "P7")]
    public async Task While_it_drains_requests_are_served_and_each_closes_its_connection(int major)
    {
        using var root = TestAuthority.CreateRoot("root");
        await using var server = await FrontServer.StartAsync(root, "shop.test", AnswerAsync, log, Cancellation);
        using var client = TestClient.To(server.EndPoint, root.Certificate, new Version(major, major == 1 ? 1 : 0));
        string[] before = [await client.GetStringAsync(new Uri("https://shop.test/"), Cancellation), await client.GetStringAsync(new Uri("https://shop.test/"), Cancellation)];

        var stopping = draining.StoppingAsync(Cancellation);
        string[] during = [await client.GetStringAsync(new Uri("https://shop.test/"), Cancellation), await client.GetStringAsync(new Uri("https://shop.test/"), Cancellation)];
        time.Advance(Times.Delay);
        await stopping;

        // Each answer names the connection it was asked on.
        Assert.Equal(before[0], before[1]);
        Assert.Equal(before[0], during[0]);
        Assert.NotEqual(during[0], during[1]);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        await draining.CloseAfterAsync(context);
        await context.Response.WriteAsync(context.Connection.Id, Cancellation);
    }
}
