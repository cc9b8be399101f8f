using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Portcullis.Gateway.Proxy;
using Portcullis.Gateway.Proxy.Requests;

namespace Portcullis.Gateway.Tests.Proxy.Requests;

/// <summary>What backends are told of who asked; 10.0.0.0/8 and fd00::/8 are proxies in front of the gateway.</summary>
public sealed class ForwardedHeadersTests
{
    private static readonly ProxyOptions Options = new() { TrustedProxies = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")] };

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", "for=192.0.2.1;host=\"shop.test\";proto=https")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", "for=192.0.2.1;host=\"shop.test\";proto=https")]
    [InlineData("2001:db8::1", "2001:db8::1", "for=\"[2001:db8::1]\";host=\"shop.test\";proto=https")]
    [InlineData("fe80::1%3", "fe80::1", "for=\"[fe80::1]\";host=\"shop.test\";proto=https")]
    public void The_client_is_named_in_both_ways(string peer, string xForwardedFor, string forwarded)
    {
        var headers = Admitted(peer);

        Assert.Equal(xForwardedFor, headers["X-Forwarded-For"]);
        Assert.Equal("shop.test", headers["X-Forwarded-Host"]);
        Assert.Equal("https", headers["X-Forwarded-Proto"]);
        Assert.Equal("443", headers["X-Forwarded-Port"]);
        Assert.Equal(forwarded, headers["Forwarded"]);
    }

    [Theory]
    [InlineData("shop.test:8443", "8443")]
    [InlineData("shop.test:443", "443")]
    [InlineData("[::1]:9", "9")]
    [InlineData("[::1]", "443")]
    public void The_port_is_the_one_that_the_client_used(string host, string port) =>
        Assert.Equal(port, Admitted("192.0.2.1", context => context.Request.Headers.Host = host)["X-Forwarded-Port"]);

    [Theory]

    // From a stranger nothing is believed; from a listed proxy, as far as listed proxies said it.
    [InlineData("192.0.2.1", "6.6.6.6", "192.0.2.1")]
    [InlineData("10.0.0.1", "192.0.2.7", "192.0.2.7, 10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7, 10.0.0.1")]
    [InlineData("fd00::1", "2001:db8::7", "2001:db8::7, fd00::1")]
    [InlineData("10.0.0.1", "6.6.6.6, 192.0.2.7", "192.0.2.7, 10.0.0.1")]
    [InlineData("10.0.0.1", "6.6.6.6, 192.0.2.7, 10.0.0.2", "192.0.2.7, 10.0.0.2, 10.0.0.1")]
    [InlineData("10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3, 10.0.0.2, 10.0.0.1")]
    [InlineData("10.0.0.1", "192.0.2.7:4711", "192.0.2.7, 10.0.0.1")]
    [InlineData("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7, 10.0.0.1")]
    [InlineData("10.0.0.1", "unknown", "unknown, 10.0.0.1")]
    [InlineData("10.0.0.1", "10.0.0.9, _hidden", "_hidden, 10.0.0.1")]
    [InlineData("10.0.0.1", "not an address", "10.0.0.1")]
    [InlineData("10.0.0.1", "192.0.2.7, <script>", "10.0.0.1")]
    [InlineData("10.0.0.1", "192.0.2.7,", "10.0.0.1")]
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    public void Addresses_are_believed_from_the_inside_out(string peer, string said, string expected)
    {
        var headers = Admitted(peer, context => context.Request.Headers["X-Forwarded-For"] = said);

        Assert.Equal(expected, headers["X-Forwarded-For"]);
        Assert.Equal(expected, string.Join(", ", ForwardedElements.Read(headers["Forwarded"]).Select(element => element.For!.Trim('[', ']'))));
    }

    [Theory]
    [InlineData("for=192.0.2.7;host=public.test;proto=http", "192.0.2.7, 10.0.0.1", "public.test", "http", "80")]
    [InlineData("For=\"[2001:db8::7]:4711\" ; Proto=http", "2001:db8::7, 10.0.0.1", "shop.test", "http", "80")]
    [InlineData("for=6.6.6.6;host=evil.test, for=192.0.2.7;host=\"public.test:8443\"", "192.0.2.7, 10.0.0.1", "public.test:8443", "https", "8443")]
    [InlineData("for=192.0.2.7;host=public.test;proto=http, for=10.0.0.2;host=between.test", "192.0.2.7, 10.0.0.2, 10.0.0.1", "public.test", "http", "80")]
    [InlineData("for=192.0.2.7;host=public.test;", "192.0.2.7, 10.0.0.1", "public.test", "https", "443")]
    [InlineData("for=192.0.2.7;by=\"a, b; c\";host=public.test", "192.0.2.7, 10.0.0.1", "public.test", "https", "443")]
    [InlineData("for=192.0.2.7;host=\"evil.test", "10.0.0.1", "shop.test", "https", "443")]
    [InlineData("for=192.0.2.7;host=\"a\\\"b\"", "10.0.0.1", "shop.test", "https", "443")]
    [InlineData("nonsense", "10.0.0.1", "shop.test", "https", "443")]
    [InlineData("for=192.0.2.7;host=\"a b\";proto=gopher", "192.0.2.7, 10.0.0.1", "shop.test", "https", "443")]
    public void Forwarded_of_a_listed_proxy_says_the_same(string said, string chain, string host, string proto, string port)
    {
        var headers = Admitted("10.0.0.1", context => context.Request.Headers["Forwarded"] = said);

        Assert.Equal(chain, headers["X-Forwarded-For"]);
        Assert.Equal(host, headers["X-Forwarded-Host"]);
        Assert.Equal(proto, headers["X-Forwarded-Proto"]);
        Assert.Equal(port, headers["X-Forwarded-Port"]);
    }

    [Fact]
    public void A_proxy_that_writes_one_way_and_lets_the_other_pass_does_not_let_a_client_speak()
    {
        var headers = Admitted("10.0.0.1", context =>
        {
            context.Request.Headers["X-Forwarded-For"] = "192.0.2.7";
            context.Request.Headers["Forwarded"] = "for=6.6.6.6;host=evil.test;proto=http";
        });

        Assert.Equal("192.0.2.7, 10.0.0.1", headers["X-Forwarded-For"]);
        Assert.Equal("for=192.0.2.7;host=\"shop.test\";proto=https, for=10.0.0.1", headers["Forwarded"]);
    }

    [Fact]
    public void What_cannot_be_read_in_one_way_is_not_believed_in_the_other()
    {
        var headers = Admitted("10.0.0.1", context =>
        {
            context.Request.Headers["X-Forwarded-Host"] = "evil.test";
            context.Request.Headers["X-Forwarded-Proto"] = "http";
            context.Request.Headers["X-Forwarded-Port"] = "81";
            context.Request.Headers["Forwarded"] = "for=\", for=192.0.2.7;host=shop.test";
        });

        Assert.Equal("shop.test", headers["X-Forwarded-Host"]);
        Assert.Equal("https", headers["X-Forwarded-Proto"]);
        Assert.Equal("443", headers["X-Forwarded-Port"]);
        Assert.Equal("for=10.0.0.1;host=\"shop.test\";proto=https", headers["Forwarded"]);
    }

    [Theory]
    [InlineData("public.test", "http", "8080", "public.test", "http", "8080")]
    [InlineData("public.test:81", "http", null, "public.test:81", "http", "81")]
    [InlineData("evil.test\"", "ftp", "0", "shop.test", "https", "443")]
    [InlineData("a/b", "HTTPS", "70000", "shop.test", "https", "443")]
    [InlineData("", "", "", "shop.test", "https", "443")]
    public void Host_scheme_and_port_of_a_listed_proxy_hold_when_they_are_ones(
        string saidHost, string saidProto, string? saidPort, string host, string proto, string port)
    {
        var headers = Admitted("10.0.0.1", context =>
        {
            context.Request.Headers["X-Forwarded-For"] = "192.0.2.7";
            context.Request.Headers["X-Forwarded-Host"] = saidHost;
            context.Request.Headers["X-Forwarded-Proto"] = saidProto;
            context.Request.Headers["X-Forwarded-Port"] = saidPort;
        });

        Assert.Equal(host, headers["X-Forwarded-Host"]);
        Assert.Equal(proto, headers["X-Forwarded-Proto"]);
        Assert.Equal(port, headers["X-Forwarded-Port"]);
        Assert.Equal($"for=192.0.2.7;host=\"{host}\";proto={proto}, for=10.0.0.1", headers["Forwarded"]);
    }

    [Theory]
    [InlineData("10.0.0.1", "0af7651916cd43dd", true)]
    [InlineData("10.0.0.1", "a/b+c=d:e@f~g._-", true)]
    [InlineData("10.0.0.1", "two words", false)]
    [InlineData("10.0.0.1", "", false)]
    [InlineData("10.0.0.1", "{jndi:ldap}", false)]
    [InlineData("192.0.2.1", "0af7651916cd43dd", false)]
    public void An_id_is_kept_when_a_listed_proxy_gave_a_sound_one(string peer, string id, bool kept)
    {
        var headers = Admitted(peer, context => context.Request.Headers["X-Request-Id"] = id);

        Assert.Equal(kept, headers["X-Request-Id"] == id);
        Assert.NotEmpty(headers["X-Request-Id"].ToString());
    }

    [Fact]
    public void An_id_of_more_than_128_characters_is_replaced() =>
        Assert.Equal(32, Admitted("10.0.0.1", context => context.Request.Headers["X-Request-Id"] = new string('a', 129))["X-Request-Id"].ToString().Length);

    [Theory]
    [InlineData("X-Real-IP")]
    [InlineData("X-Client-IP")]
    [InlineData("True-Client-IP")]
    [InlineData("CF-Connecting-IP")]
    [InlineData("Forwarded-For")]
    [InlineData("X-Forwarded")]
    [InlineData("X-Forwarded-Prefix")]
    [InlineData("X-Forwarded-User")]
    [InlineData("X-Forwarded-Client-Cert")]
    [InlineData("X-Original-URL")]
    [InlineData("X-Original-Host")]
    [InlineData("X-Original-Forwarded-For")]
    [InlineData("X-Rewrite-URL")]
    [InlineData("X-Envoy-External-Address")]
    [InlineData("X-SSL-Client-Cert")]
    [InlineData("Client-Cert")]
    [InlineData("Client-Cert-Chain")]
    [InlineData("x-real-ip")]
    public void What_only_a_proxy_may_say_is_dropped_from_anybody_else(string name)
    {
        Assert.DoesNotContain(name, Admitted("192.0.2.1", context => context.Request.Headers[name] = "6.6.6.6").Keys);
        Assert.Equal("6.6.6.6", Admitted("10.0.0.1", context => context.Request.Headers[name] = "6.6.6.6")[name]);
    }

    [Theory]
    [InlineData("X_Forwarded_For")]
    [InlineData("X-Forwarded_For")]
    [InlineData("x_forwarded_proto")]
    [InlineData("X_Real_IP")]
    [InlineData("X_Request_Id")]
    [InlineData("X_Original_URL")]
    [InlineData("SSL_CLIENT_S_DN")]
    [InlineData("Transfer_Encoding")]
    [InlineData("Content_Length")]
    [InlineData("X.Forwarded.For")]
    [InlineData("x~real~ip")]
    [InlineData("X+Original-URL")]
    [InlineData("Transfer!Encoding")]
    [InlineData("Proxy")]
    [InlineData("HTTP2-Settings")]
    public void What_looks_like_a_header_that_matters_is_dropped_from_everybody(string name)
    {
        Assert.DoesNotContain(name, Admitted("192.0.2.1", context => context.Request.Headers[name] = "a").Keys);
        Assert.DoesNotContain(name, Admitted("10.0.0.1", context => context.Request.Headers[name] = "a").Keys);
    }

    [Theory]
    [InlineData("api_key")]
    [InlineData("X.Forward")]
    [InlineData("X-Forward")]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    [InlineData("Authorization")]
    public void Everything_else_passes(string name) => Assert.Equal("a", Admitted("192.0.2.1", context => context.Request.Headers[name] = "a")[name]);

    [Theory]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("\ta")]
    [InlineData("a\t")]
    [InlineData(" ")]
    public void A_value_with_blanks_around_it_is_no_value(string value)
    {
        var context = Asking("192.0.2.1");
        context.Request.Headers["X-Stage"] = value;

        Assert.Equal(StatusCodes.Status400BadRequest, new RequestAdmission(Options).Refusal(context)?.Status);
    }

    private static IHeaderDictionary Admitted(string peer, Action<HttpContext>? asking = null)
    {
        var context = Asking(peer);
        asking?.Invoke(context);

        Assert.Null(new RequestAdmission(Options).Refusal(context));
        return context.Request.Headers;
    }

    private static DefaultHttpContext Asking(string peer)
    {
        var context = new DefaultHttpContext { Request = { Scheme = "https", Headers = { Host = "shop.test" }, Path = "/" } };
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/";
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);

        return context;
    }
}
