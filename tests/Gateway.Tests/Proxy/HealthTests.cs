using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Health;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy;

public sealed class HealthTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly HealthSettings Probed = Probing("/healthz");

    private static readonly HealthSettings Counted = new() { RequestFailures = RequestFailures.Count };

    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private readonly TestAuthority other = TestAuthority.CreateRoot("other");
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private TlsBackend one = null!;
    private TlsBackend two = null!;
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        one = await TlsBackend.StartAsync(new TlsBackendOptions { Name = "one", Default = Make.Chain(corp) }, Cancellation);
        two = await TlsBackend.StartAsync(new TlsBackendOptions { Name = "two", Default = Make.Chain(corp) }, Cancellation);
        gateway = await GatewayFront.StartAsync(Cancellation, time: time);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await one.DisposeAsync();
        await two.DisposeAsync();
        corp.Dispose();
        other.Dispose();
    }

    [Theory]
    [InlineData(BackendProtocol.Http11)]
    [InlineData(BackendProtocol.Http2)]
    public async Task Every_endpoint_is_probed_at_once_and_at_every_interval_under_its_own_name(BackendProtocol protocol)
    {
        Serve(Both() with { Health = Probed, Protocol = protocol });

        await ProbesAsync(2);
        time.Advance(Interval);
        await ProbesAsync(4);

        Assert.Equal(2, one.Requests.Entries.Length);
        Assert.Equal(2, two.Requests.Entries.Length);
        Assert.All(one.Requests.Entries, probe =>
        {
            Assert.Equal("GET", probe.Method);
            Assert.Equal("/healthz", probe.Target);
            Assert.Equal("orders.internal", probe.Host);
            Assert.Equal("Portcullis (health check)", probe.Headers["User-Agent"]);
            Assert.Equal(protocol == BackendProtocol.Http11 ? "HTTP/1.1" : "HTTP/2", probe.Protocol);
        });
    }

    [Fact]
    public async Task A_literal_host_header_is_that_of_the_probes_too()
    {
        Serve(Both() with { Health = Probed, HostHeader = new HostHeader.Literal("legacy.test:8080") });

        await ProbesAsync(2);

        Assert.Equal("legacy.test:8080", one.Requests.Entries.Single().Host);
    }

    [Fact]
    [Trait("Promise", "P1")]
    [Trait("Promise", "P8")]
    public async Task A_probe_reaches_verified_endpoints_only_and_its_verdict_is_reported()
    {
        one.Present(Make.Chain(other));
        Serve(Both() with { Health = Probed });

        await ProbesAsync(2);
        time.Advance(TimeSpan.FromSeconds(1));
        var report = await gateway.ReportAsync(report => report.Observations.Length == 2, Cancellation);

        Assert.Equal(0, one.ApplicationBytes);
        Assert.IsType<Verdict.Refused>(report.Observations.Single(seen => seen.Endpoint == $"127.0.0.1:{one.Port}").Verdict);
        Assert.IsType<Verdict.Trusted>(report.Observations.Single(seen => seen.Endpoint == $"127.0.0.1:{two.Port}").Verdict);
    }

    [Fact]
    public async Task An_endpoint_whose_probes_fail_is_left_out_and_comes_back_by_itself()
    {
        await ServeUntilOneIsOutAsync();

        Assert.Equal(["two"], await AnsweredByAsync(6));

        one.Present(Make.Chain(corp));
        time.Advance(Interval);
        await ProbesAsync(6);

        Assert.Contains(gateway.Logged.Entries, line => line.Contains("gets requests again", StringComparison.Ordinal));
        Assert.Equal(["one", "two"], await AnsweredByAsync(6));
    }

    [Fact]
    public async Task One_failed_probe_is_forgiven()
    {
        one.Present(Make.Chain(other));
        Serve(Both() with { Health = Probed });
        await ProbesAsync(2);
        one.Present(Make.Chain(corp));
        time.Advance(Interval);
        await ProbesAsync(4);

        Assert.DoesNotContain(gateway.Logged.Entries, line => line.Contains("gets no requests", StringComparison.Ordinal));
        Assert.Equal(["one", "two"], await AnsweredByAsync(6));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task What_is_known_of_an_endpoint_survives_a_change_of_its_route()
    {
        await ServeUntilOneIsOutAsync();

        Serve(Both() with { Health = Probed, LoadBalancing = LoadBalancing.LeastRequests });

        Assert.Equal(["two"], await AnsweredByAsync(6));
    }

    [Fact]
    public async Task Without_a_health_check_every_endpoint_gets_requests_again()
    {
        await ServeUntilOneIsOutAsync();
        one.Present(Make.Chain(corp));
        time.Advance(TimeSpan.FromSeconds(5));

        Serve(Both());

        Assert.Equal(["one", "two"], await AnsweredByAsync(6));
    }

    [Fact]
    public async Task When_no_endpoint_is_healthy_all_are_tried()
    {
        Serve(Both() with { Health = Probing("/abort") });
        await ProbesAsync(2);
        time.Advance(Interval);
        await ProbesAsync(4);

        Assert.Single(gateway.Logged.Entries, line => line.Contains("No endpoint of backend", StringComparison.Ordinal));
        Assert.Equal(["one", "two"], await AnsweredByAsync(6));
    }

    [Fact]
    public async Task A_probe_that_hangs_has_failed_at_its_timeout()
    {
        Serve(Both() with { Health = Probing("/hold") });
        await one.Requests.WaitAsync(requests => requests.Length == 1, Cancellation);
        await two.Requests.WaitAsync(requests => requests.Length == 1, Cancellation);

        time.Advance(TimeSpan.FromSeconds(2));

        Assert.All(await ProbesAsync(2), probe => Assert.Contains("no answer within 2 s", probe, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Probes_over_http2_leave_requests_their_only_connection()
    {
        var single = new ConnectionSettings { MaximumPerEndpoint = 1 };
        Serve(Make.Backend(one.Port) with { Health = Probed, Protocol = BackendProtocol.Http2, Connections = single });
        await ProbesAsync(1);

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, one.Connections.Entries.Length);
    }

    [Fact]
    public async Task A_retired_backend_is_probed_no_more()
    {
        Serve(Both() with { Health = Probed });
        await ProbesAsync(2);

        Serve(Make.Backend(two.Port) with { Name = "next", Health = Probed });
        await ProbesAsync(3);
        time.Advance(Interval);
        await ProbesAsync(4);
        time.Advance(Interval);
        var probes = await ProbesAsync(5);

        Assert.All(probes.Skip(2), probe => Assert.Contains("shop/web/next", probe, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_endpoint_that_fails_requests_is_left_out_for_a_while()
    {
        one.Present(Make.Chain(other));
        Serve(Both() with { Health = Counted });

        for (var number = 0; number < 40; number++)
        {
            using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
        }

        Assert.Contains(gateway.Logged.Entries, line => line.Contains("too many requests failed", StringComparison.Ordinal));
        Assert.Equal(["two"], await AnsweredByAsync(6));

        one.Present(Make.Chain(corp));
        time.Advance(EndpointHealth.LeftOutFor);

        Assert.Equal(["one", "two"], await AnsweredByAsync(6));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_keeps_requests_waiting_too_long_is_left_out(bool eachAttempt)
    {
        var limit = TimeSpan.FromSeconds(1);
        var route = Make.Route(Both() with { Health = Counted });
        var rule = eachAttempt ? route.Rules[0] with { BackendRequestTimeout = limit } : route.Rules[0] with { RequestTimeout = limit };
        gateway.Apply(Make.Mounts(corp), Make.Bundle(corp), route with { Rules = [rule] });
        two.Release();

        for (var number = 1; number <= FailureRate.FewestRequests; number++)
        {
            var turns = new[] { gateway.Http1.GetAsync("https://shop.test/hold", Cancellation), gateway.Http1.GetAsync("https://shop.test/hold", Cancellation) };
            using var answer = await await Task.WhenAny(turns);
            await one.Requests.WaitAsync(held => held.Length == number, Cancellation);
            time.Advance(limit);
            using var late = (await Task.WhenAll(turns)).Single(other => other != answer);

            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.GatewayTimeout), (answer.StatusCode, late.StatusCode));
        }

        Assert.Equal(["two"], await AnsweredByAsync(6));
    }

    [Fact]
    public async Task Answers_of_any_status_do_not_count_as_failures()
    {
        Serve(Both() with { Health = Counted });

        for (var number = 0; number < 40; number++)
        {
            using var response = await gateway.Http1.GetAsync("https://shop.test/status?code=500", Cancellation);
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        }

        Assert.Equal(["one", "two"], await AnsweredByAsync(6));
        Assert.DoesNotContain(gateway.Logged.Entries, line => line.Contains("gets no requests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Probes_that_cannot_be_sent_refuse_the_route()
    {
        Serve(Both() with { Health = Probing("no/path") });

        time.Advance(TimeSpan.FromSeconds(1));
        var report = await gateway.ReportAsync(report => report.Applied?.Refused.Length == 1, Cancellation);

        Assert.Contains("probes that cannot be sent", report.Applied!.Refused[0].Message, StringComparison.Ordinal);
    }

    private static HealthSettings Probing(string path) =>
        new() { Probes = new HealthProbes { Path = path, Interval = Interval, Timeout = TimeSpan.FromSeconds(2) } };

    private BackendConfiguration Both() => Make.Backend(one.Port) with
    {
        Endpoints = [Make.Endpoint(one.Port), Make.Endpoint(two.Port)],
        LoadBalancing = LoadBalancing.RoundRobin,
    };

    private void Serve(BackendConfiguration backend) => gateway.Apply(Make.Mounts(corp), Make.Bundle(corp), Make.Route(backend));

    private async Task ServeUntilOneIsOutAsync()
    {
        one.Present(Make.Chain(other));
        Serve(Both() with { Health = Probed });
        await ProbesAsync(2);
        time.Advance(Interval);
        await ProbesAsync(4);
    }

    /// <summary>The log lines of that many finished probes, in order.</summary>
    private async Task<string[]> ProbesAsync(int count)
    {
        var lines = await gateway.Logged.WaitAsync(lines => lines.Count(IsProbe) >= count, Cancellation);
        return [.. lines.Where(IsProbe)];
    }

    private static bool IsProbe(string line) => line.Contains("Probe of", StringComparison.Ordinal);

    private async Task<string[]> AnsweredByAsync(int requests)
    {
        var names = new List<string>();
        for (var number = 0; number < requests; number++)
        {
            var answer = await gateway.Http1.GetFromJsonAsync<BackendAnswer>("https://shop.test/", JsonSerializerOptions.Web, Cancellation);
            names.Add(answer!.Backend);
        }

        return [.. names.Distinct().Order(StringComparer.Ordinal)];
    }
}
