using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Health;
using Portcullis.Gateway.Proxy.Sessions;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.Gateway.Tests.Proxy.Misbehaving;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Sessions;

public sealed partial class SessionTests : IAsyncLifetime
{
    private static readonly SessionKeyEntry Key = NewKey();
    private static readonly SessionSettings Kept = new() { CookieName = "s" };

    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private readonly TestAuthority other = TestAuthority.CreateRoot("other");
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private readonly List<TlsBackend> backends = [];
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var name in new[] { "one", "two", "three" })
        {
            backends.Add(await TlsBackend.StartAsync(new TlsBackendOptions { Name = name, Default = Make.Chain(corp) }, Cancellation));
        }

        gateway = await GatewayFront.StartAsync(Cancellation, time: time);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        foreach (var backend in backends)
        {
            await backend.DisposeAsync();
        }

        corp.Dispose();
        other.Dispose();
    }

    [Theory]
    [InlineData(BackendProtocol.Http11)]
    [InlineData(BackendProtocol.Http2)]
    public async Task A_client_stays_at_the_endpoint_that_answered_it_on_every_replica_over_every_protocol(BackendProtocol protocol)
    {
        await using var replica = await GatewayFront.StartAsync(Cancellation, time: time);
        Serve(gateway, All() with { Protocol = protocol });
        Serve(replica, All() with { Protocol = protocol });

        for (var client = 0; client < 6; client++)
        {
            var (first, cookie) = await AskAsync(gateway.Http1);

            foreach (var http in new[] { gateway.Http1, gateway.Http2, replica.Http1, replica.Http2, gateway.Http1 })
            {
                var (again, anew) = await AskAsync(http, cookie);

                Assert.Equal(first, again);
                Assert.Null(anew);
            }
        }

        Assert.All(backends, backend => Assert.NotEmpty(backend.Requests.Entries));
    }

    [Fact]
    public async Task The_cookie_is_for_the_rule_alone_and_out_of_reach_of_scripts_plain_http_and_other_sites()
    {
        var route = Make.Route(All());
        Serve(gateway, route with { Rules = [Make.Rule("/shop", route.Rules[0].Action)] });

        using var response = await gateway.Http1.GetAsync("https://shop.test/shop/cart", Cancellation);

        Assert.Matches("^s=[A-Za-z0-9_-]{76}; Path=/shop; HttpOnly; Secure; SameSite=Lax$", Assert.Single(response.Headers.GetValues("Set-Cookie")));
    }

    [Fact]
    public async Task The_backend_sees_its_own_cookies_and_not_the_gateways()
    {
        Serve(gateway, All());
        var (_, cookie) = await AskAsync(gateway.Http1);

        await AskAsync(gateway.Http1, $"a=1; {cookie}; b=2");
        await AskAsync(gateway.Http2, "s=forged");

        var seen = backends.SelectMany(backend => backend.Requests.Entries).Select(request => request.Headers.GetValueOrDefault("Cookie")).ToArray();
        Assert.Equal(3, seen.Length);
        Assert.Single(seen, "a=1; b=2");
        Assert.Equal(2, seen.Count(value => value is null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_forged_cookie_is_no_error_and_is_replaced(string value)
    {
        Serve(gateway, All());

        Assert.NotNull((await AskAsync(gateway.Http1, $"s={value}")).Cookie);
    }

    [Fact]
    public async Task A_session_ends_at_its_timeout()
    {
        Serve(gateway, All() with { Session = Kept with { AbsoluteTimeout = TimeSpan.FromHours(8) } });
        var (first, cookie) = await AskAsync(gateway.Http1);

        time.Advance(TimeSpan.FromHours(8) - TimeSpan.FromSeconds(1));
        var late = await AskAsync(gateway.Http1, cookie);
        time.Advance(TimeSpan.FromSeconds(1));
        var over = await AskAsync(gateway.Http1, cookie);

        Assert.Equal((first, null), late);
        Assert.NotNull(over.Cookie);
    }

    [Fact]
    public async Task A_new_key_ends_every_session_at_once_and_no_key_ends_none()
    {
        Serve(gateway, All());
        var (first, cookie) = await AskAsync(gateway.Http1);

        gateway.Apply(Make.Mounts(corp), Make.Bundle(corp), Make.Route(All()));
        var without = await AskAsync(gateway.Http1, cookie);
        gateway.Apply(Make.Mounts(corp), Make.Bundle(corp), Make.Route(All()), NewKey());
        var (_, anew) = await AskAsync(gateway.Http1, cookie);

        Assert.Equal((first, null), without);
        Assert.NotNull(anew);
    }

    [Fact]
    public async Task Before_the_first_key_requests_are_served_and_nobody_is_kept()
    {
        gateway.Apply(Make.Mounts(corp), Make.Bundle(corp), Make.Route(All()));

        Assert.Null((await AskAsync(gateway.Http1)).Cookie);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_key_that_is_none_is_refused_alone_without_repeating_it()
    {
        gateway.Apply(Make.Mounts(corp), Make.Bundle(corp), Make.Route(All()), new SessionKeyEntry { SessionKey = "c2hvcnQ=" });

        time.Advance(TimeSpan.FromSeconds(1));
        var report = await gateway.ReportAsync(report => report.Applied?.Refused.Length == 1, Cancellation);

        Assert.Equal("SessionKeyEntry", $"{Key}");
        Assert.Equal(new EntryProblem(EntryKey.SessionKey, "does not hold a key of 32 bytes"), report.Applied!.Refused[0]);
        Assert.Null((await AskAsync(gateway.Http1)).Cookie);
    }

    [Fact]
    public async Task The_session_of_an_endpoint_that_is_no_more_goes_on_elsewhere()
    {
        Serve(gateway, All());
        var (first, cookie) = await AskAsync(gateway.Http1);
        var left = backends.Where((_, index) => NameOf(index) != first).Select(backend => Make.Endpoint(backend.Port));

        Serve(gateway, All() with { Endpoints = [.. left] });
        var (second, anew) = await AskAsync(gateway.Http1, cookie);

        Assert.NotEqual(first, second);
        Assert.Equal((second, null), await AskAsync(gateway.Http1, anew));
    }

    [Fact]
    public async Task An_endpoint_that_dies_hands_its_clients_on_without_an_error()
    {
        Serve(gateway, All());
        var (first, cookie) = await AskAsync(gateway.Http1);
        var dead = backends[IndexOf(first)];
        backends.Remove(dead);
        await dead.DisposeAsync();

        var (second, anew) = await AskAsync(gateway.Http1, cookie);

        Assert.NotEqual(first, second);
        Assert.Equal((second, null), await AskAsync(gateway.Http1, anew));
    }

    [Fact]
    public async Task An_endpoint_that_leaves_keeps_its_sessions_and_takes_no_new_ones()
    {
        Serve(gateway, All());
        var (first, cookie) = await AskAsync(gateway.Http1);

        Serve(gateway, All() with { Endpoints = [.. backends.Select((backend, index) => Make.Endpoint(backend.Port) with { IsLeaving = NameOf(index) == first ? true : null })] });
        var others = new List<string>();
        for (var client = 0; client < 12; client++)
        {
            others.Add((await AskAsync(gateway.Http1)).Backend);
        }

        Assert.Equal((first, null), await AskAsync(gateway.Http1, cookie));
        Assert.DoesNotContain(first, others);
    }

    [Fact]
    public async Task An_endpoint_whose_probes_fail_loses_its_sessions()
    {
        var probes = new HealthSettings { Probes = new HealthProbes { Path = "/", Interval = TimeSpan.FromSeconds(10), Timeout = TimeSpan.FromSeconds(2) } };
        Serve(gateway, All());
        var (first, cookie) = await AskAsync(gateway.Http1);
        backends[IndexOf(first)].Present(Make.Chain(other));

        // What is held to another protocol has no connection from before.
        Serve(gateway, All() with { Health = probes, Protocol = BackendProtocol.Http2 });
        for (var round = 1; round <= EndpointHealth.ProbesToGoOut; round++)
        {
            var finished = round * backends.Count;
            await gateway.Logged.WaitAsync(lines => lines.Count(line => line.Contains("Probe of", StringComparison.Ordinal)) >= finished, Cancellation);
            time.Advance(TimeSpan.FromSeconds(10));
        }

        var (second, anew) = await AskAsync(gateway.Http1, cookie);

        Assert.NotEqual(first, second);
        Assert.NotNull(anew);
    }

    [Fact]
    [Trait("Promise", "P1")]
    public async Task An_endpoint_that_is_not_verified_any_more_loses_its_sessions_and_gets_nothing()
    {
        Serve(gateway, All());
        var (first, cookie) = await AskAsync(gateway.Http1);
        var lost = backends[IndexOf(first)];
        lost.Present(Make.Chain(other));
        Serve(gateway, All() with { Protocol = BackendProtocol.Http2 });
        var before = lost.ApplicationBytes;

        using (var refused = await gateway.Http1.SendAsync(Request(cookie), Cancellation))
        {
            Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
            Assert.False(refused.Headers.Contains("Set-Cookie"));
        }

        // From now on the session is not followed: requests go round, and only the one whose turn it is at the lost endpoint fails.
        var answers = new List<(string Backend, string? Cookie)>();
        for (var turn = 0; turn < backends.Count; turn++)
        {
            answers.Add(await AskAsync(gateway.Http1, cookie));
        }

        Assert.Equal(2, answers.Count(answer => answer.Cookie is not null));
        Assert.DoesNotContain(first, answers.Select(answer => answer.Backend));
        Assert.Equal(before, lost.ApplicationBytes);
    }

    [Fact]
    public async Task A_session_covers_the_backend_too_whatever_the_weights_say()
    {
        BackendConfiguration Of(int index) => Make.Backend(backends[index].Port) with { Name = NameOf(index), Session = new SessionSettings { CookieName = $"s-{index}" } };
        RouteEntry Weighted(params int[] weights) => Make.Route(Of(0), Of(1), Of(2)) with
        {
            Rules = [Make.Rule("/", new RuleAction.Forward([.. weights.Select((weight, index) => new WeightedBackend(NameOf(index), weight))]))],
        };
        Serve(gateway, Weighted(1, 0, 0));
        var (first, cookie) = await AskAsync(gateway.Http1);
        Serve(gateway, Weighted(0, 1, 1));

        for (var number = 0; number < 6; number++)
        {
            Assert.Equal((first, null), await AskAsync(gateway.Http1, cookie));
        }

        Assert.Equal("one", first);
        Assert.NotEqual(first, (await AskAsync(gateway.Http1)).Backend);
    }

    [Fact]
    public async Task Of_two_sessions_of_one_client_the_newer_one_counts()
    {
        var (one, two) = (Make.Backend(backends[0].Port) with { Name = "one", Session = Kept }, Make.Backend(backends[1].Port) with { Name = "two", Session = new SessionSettings { CookieName = "t" } });
        var route = Make.Route(one, two);
        Serve(gateway, route with { Rules = [Make.Rule("/", new RuleAction.Forward([new("one", 1), new("two", 0)]))] });
        var older = await AskAsync(gateway.Http1);
        time.Advance(TimeSpan.FromSeconds(1));
        Serve(gateway, route with { Rules = [Make.Rule("/", new RuleAction.Forward([new("one", 0), new("two", 1)]))] });
        var newer = await AskAsync(gateway.Http1);

        Assert.Equal(("two", null), await AskAsync(gateway.Http1, $"{older.Cookie}; {newer.Cookie}"));
        Assert.Equal(("two", null), await AskAsync(gateway.Http1, $"{newer.Cookie}; {older.Cookie}"));
    }

    [Fact]
    public async Task A_retry_elsewhere_names_the_endpoint_that_answered()
    {
        // By the real clock: the wait before the retry is one of its ticks.
        await using var front = await GatewayFront.StartAsync(Cancellation);
        await using var failing = Scripted("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nSet-Cookie: failed=1\r\n\r\n");
        var backend = Make.Backend(failing.Port) with { Session = Kept };
        Serve(front, backend);
        using var first = await front.Http1.GetAsync("https://shop.test/", Cancellation);
        var cookie = CookieOf(first)!;
        var route = Make.Route(backend with { Endpoints = [Make.Endpoint(failing.Port), Make.Endpoint(backends[0].Port)] });
        Serve(front, route with { Rules = [route.Rules[0] with { Retry = new RetryRule { Codes = [503], Backoff = TimeSpan.FromTicks(1) } }] });

        var (answeredBy, anew) = await AskAsync(front.Http1, cookie);

        Assert.Equal("one", answeredBy);
        Assert.NotNull(anew);
        Assert.Equal(("one", null), await AskAsync(front.Http1, anew));
    }

    [Fact]
    public async Task A_backends_own_cookie_of_that_name_does_not_reach_the_client_and_filters_do_not_touch_the_gateways()
    {
        await using var setting = Scripted("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: s=backend; Path=/\r\nSet-Cookie: app=1; Path=/\r\n\r\n");
        var route = Make.Route(Make.Backend(setting.Port) with { Session = Kept });
        var rule = Make.Rule("/shop", route.Rules[0].Action) with
        {
            Filters = new RuleFilters { Url = new UrlChange { Path = new PathChange.Prefix("/") }, Mapping = new ResponseMapping(Locations: true, Cookies: true) },
        };
        Serve(gateway, route with { Rules = [rule] });

        using var response = await gateway.Http1.GetAsync("https://shop.test/shop/", Cancellation);
        var cookies = response.Headers.GetValues("Set-Cookie").ToArray();

        Assert.Equal(2, cookies.Length);
        Assert.StartsWith("app=1; Path=/shop", cookies[0], StringComparison.Ordinal);
        Assert.Matches("^s=[A-Za-z0-9_-]{76}; Path=/shop; HttpOnly", cookies[1]);
    }

    [Fact]
    public async Task Sessions_that_cannot_be_kept_refuse_the_route()
    {
        Serve(gateway, All() with { Session = new SessionSettings { CookieName = "s; Domain=test" } });

        time.Advance(TimeSpan.FromSeconds(1));
        var report = await gateway.ReportAsync(report => report.Applied?.Refused.Length == 1, Cancellation);

        Assert.Contains("sessions that cannot be kept", report.Applied!.Refused[0].Message, StringComparison.Ordinal);
    }

    private static SessionKeyEntry NewKey() => new() { SessionKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SessionKey.Length)) };

    private static string NameOf(int index) => index switch { 0 => "one", 1 => "two", _ => "three" };

    private static int IndexOf(string name) => name switch { "one" => 0, "two" => 1, _ => 2 };

    private BackendConfiguration All() => Make.Backend(backends[0].Port) with
    {
        Endpoints = [.. backends.Select(backend => Make.Endpoint(backend.Port))],
        LoadBalancing = LoadBalancing.RoundRobin,
        Session = Kept,
    };

    private void Serve(GatewayFront front, BackendConfiguration backend) => Serve(front, Make.Route(backend));

    private void Serve(GatewayFront front, RouteEntry route) => front.Apply(Make.Mounts(corp), Make.Bundle(corp), route, Key);

    private ScriptedServer Scripted(string answer) => ScriptedServer.Answering(corp.Issue("orders.internal"), answer, (_, _) => Task.CompletedTask);

    private static HttpRequestMessage Request(string? cookie)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "https://shop.test/");
        if (cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        return request;
    }

    /// <summary>Who answered, and the session cookie that came with the answer, as a client sends it back; null when none came.</summary>
    private static async Task<(string Backend, string? Cookie)> AskAsync(HttpClient client, string? cookie = null)
    {
        using var request = Request(cookie);
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        using var response = await client.SendAsync(request, Cancellation);
        var answer = await response.Content.ReadFromJsonAsync<BackendAnswer>(JsonSerializerOptions.Web, Cancellation);

        return (answer!.Backend, CookieOf(response));
    }

    private static string? CookieOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var cookies)
            ? cookies.Where(cookie => SessionCookie().IsMatch(cookie)).Select(cookie => SessionCookie().Match(cookie).Value).SingleOrDefault()
            : null;

    [GeneratedRegex("^[st](-[0-9])?=[A-Za-z0-9_-]+")]
    private static partial Regex SessionCookie();
}
