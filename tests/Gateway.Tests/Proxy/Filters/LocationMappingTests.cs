using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Filters;
using Portcullis.Gateway.Tests.Proxy.Kit;

namespace Portcullis.Gateway.Tests.Proxy.Filters;

/// <summary>A backend at 10.1.2.3:8443 and [fd00::1]:443, verified as orders.internal, under /app of https://shop.test.</summary>
public sealed class LocationMappingTests
{
    private static readonly OwnAddresses Own = OwnAddresses.Of(
    [
        Make.Backend(8443) with
        {
            Endpoints =
            [
                Make.Endpoint(8443) with
                {
                    Host = "10.1.2.3",
                    Identity = new PeerIdentity
                    {
                        ServerName = "Orders.internal",
                        Names = [new SubjectName(SubjectNameKind.Dns, "orders-api.internal"), new SubjectName(SubjectNameKind.Dns, "*.wild.internal"), new SubjectName(SubjectNameKind.Uri, "spiffe://corp/orders")],
                    },
                },
                Make.Endpoint(443, "six.internal") with { Host = "fd00::1" },
            ],
        },
    ]);

    [Theory]

    // The backend's own, by every name it has, in every form.
    [InlineData("https://orders.internal:8443/login", "https://shop.test/app/login")]
    [InlineData("https://ORDERS.internal:8443/login?next=/a#top", "https://shop.test/app/login?next=/a#top")]
    [InlineData("https://orders.internal.:8443/login", "https://shop.test/app/login")]
    [InlineData("https://orders-api.internal:8443/", "https://shop.test/app/")]
    [InlineData("https://10.1.2.3:8443/login", "https://shop.test/app/login")]
    [InlineData("http://10.1.2.3:8443/login", "https://shop.test/app/login")]
    [InlineData("HTTPS://10.1.2.3:8443/login", "https://shop.test/app/login")]
    [InlineData("//10.1.2.3:8443/login", "//shop.test/app/login")]
    [InlineData("https://[fd00::1]/login", "https://shop.test/app/login")]
    [InlineData("https://[FD00:0:0::1]:443/login", "https://shop.test/app/login")]
    [InlineData("https://10.1.2.3:8443", "https://shop.test/app")]
    [InlineData("https://10.1.2.3:8443?a=b", "https://shop.test/app?a=b")]
    [InlineData("https://10.1.2.3:8443#top", "https://shop.test/app#top")]
    [InlineData("/", "/app/")]
    [InlineData("/login", "/app/login")]
    [InlineData("/login?next=https://evil.test/", "/app/login?next=https://evil.test/")]
    [InlineData("/app/login", "/app/app/login")]

    // As it was called, with or without the port of the scheme.
    [InlineData("https://sent.test/login", "https://shop.test/app/login")]
    [InlineData("http://sent.test/login", "https://shop.test/app/login")]
    [InlineData("https://sent.test:443/login", "https://shop.test/app/login")]
    [InlineData("http://sent.test:80/login", "https://shop.test/app/login")]
    [InlineData("//sent.test/login", "//shop.test/app/login")]

    // Foreign: other hosts, other ports, names within names.
    [InlineData("https://evil.test/login", null)]
    [InlineData("https://orders.internal/login", null)]
    [InlineData("https://orders.internal:443/login", null)]
    [InlineData("https://sent.test:8443/login", null)]
    [InlineData("https://10.1.2.3/login", null)]
    [InlineData("https://10.1.2.3:84430/login", null)]
    [InlineData("https://[fd00::1]:8443/login", null)]
    [InlineData("http://[fd00::1]/login", null)]
    [InlineData("https://xorders.internal:8443/", null)]
    [InlineData("https://orders.internal.evil.test:8443/", null)]
    [InlineData("https://a.wild.internal:8443/", null)]
    [InlineData("//evil.test/login", null)]
    [InlineData("///login", null)]
    [InlineData("https:///login", null)]
    [InlineData("https://", null)]

    // What is one host here and another one there.
    [InlineData("https://orders.internal:8443@evil.test/", null)]
    [InlineData("https://user@orders.internal:8443/", null)]
    [InlineData("https://orders.internal:8443\\@evil.test/", null)]
    [InlineData("https://orders.internal:8443\\.evil.test/", null)]
    [InlineData("https://orders.internal:8443%2f.evil.test/", null)]
    [InlineData("https://orders.internal:+8443/", null)]
    [InlineData("https://orders.internal: 8443/", null)]
    [InlineData("https://10.1.2.3\t:8443/", null)]
    [InlineData("https:\\\\10.1.2.3:8443/", null)]
    [InlineData("https:/10.1.2.3:8443/", null)]

    // Relative to where the client is, or no HTTP at all.
    [InlineData("login", null)]
    [InlineData("../login", null)]
    [InlineData("?a=b", null)]
    [InlineData("#top", null)]
    [InlineData("", null)]
    [InlineData("ftp://10.1.2.3:8443/", null)]
    [InlineData("javascript:alert(1)", null)]
    public void Only_the_rules_own_backend_is_mapped_back(string location, string? expected) =>
        Assert.Equal(expected ?? location, Mapped(location, "/app", "/"));

    [Theory]
    [InlineData("/v2/login", "/app/login")]
    [InlineData("/v2", "/app")]
    [InlineData("/v2?a", "/app?a")]
    [InlineData("https://10.1.2.3:8443/v2/login", "https://shop.test/app/login")]
    [InlineData("/v20/login", null)]
    [InlineData("/login", null)]
    [InlineData("https://10.1.2.3:8443/login", null)]
    public void Outside_of_the_prefix_that_clients_can_reach_nothing_is_mapped(string location, string? expected) =>
        Assert.Equal(expected ?? location, Mapped(location, "/app/", "/v2/"));

    [Theory]
    [InlineData("/v2//evil.test/", null)]
    [InlineData("/v2/\\evil.test/", null)]
    [InlineData("/v2/\t/evil.test/", null)]
    [InlineData("/v2", "/")]
    [InlineData("/v2?a", "/?a")]
    [InlineData("/v2/a//b", "/a//b")]
    [InlineData("https://10.1.2.3:8443/v2//evil.test/", "https://shop.test//evil.test/")]
    public void Mapping_never_makes_a_path_into_a_host(string location, string? expected) => Assert.Equal(expected ?? location, Mapped(location, "/", "/v2"));

    [Theory]
    [InlineData("https://10.1.2.3:8443/any/where", "https://shop.test/any/where")]
    [InlineData("/any/where", null)]
    public void Without_a_replaced_prefix_paths_stay(string location, string? expected) =>
        Assert.Equal(expected ?? location, new LocationMapping(Own, PrefixPair.Of(new PathChange.Full("/x"), Prefix("/app"))).Map(location, Side()));

    [Fact]
    public void The_port_and_scheme_that_the_client_used_are_written() => Assert.Equal(
        "http://shop.test:8080/app/x",
        new LocationMapping(Own, PrefixPair.Of(new PathChange.Prefix("/"), Prefix("/app"))).Map("https://10.1.2.3:8443/x", new PublicSide("http", "shop.test:8080", "sent.test")));

    [Theory]
    [InlineData("5; url=https://10.1.2.3:8443/login", "5; url=https://shop.test/app/login")]
    [InlineData("5;URL='/login'", "5;URL='/app/login'")]
    [InlineData("0; Url = \"/login\" trailing", "0; Url = \"/app/login\" trailing")]
    [InlineData("5,/login", "5,/app/login")]
    [InlineData("5; /login", "5; /app/login")]
    [InlineData("5; url=https://evil.test/", null)]
    [InlineData("5; url=", null)]
    [InlineData("5", null)]
    [InlineData("5;", null)]
    [InlineData("", null)]
    [InlineData("5; url", null)]
    [InlineData("5; url='/login", "5; url='/app/login")]
    public void The_URL_within_Refresh_is_mapped(string refresh, string? expected) =>
        Assert.Equal(expected ?? refresh, RefreshValue.WithUrl(refresh, url => Mapped(url, "/app", "/")));

    [Theory]
    [InlineData("a=b; Domain=orders.internal; Path=/", "a=b; Domain=shop.test; Path=/app")]
    [InlineData("a=b; path=/cart; domain=.ORDERS.internal; Secure; HttpOnly", "a=b; path=/app/cart; domain=shop.test; Secure; HttpOnly")]
    [InlineData("a=b;Path=/cart/;SameSite=Lax", "a=b;Path=/app/cart/;SameSite=Lax")]
    [InlineData("a=b; Domain=internal", "a=b; Domain=shop.test")]
    [InlineData("a=b; Domain=10.1.2.3", "a=b; Domain=shop.test")]
    [InlineData("a=b; Domain=sent.test", "a=b; Domain=shop.test")]
    [InlineData("a=b; Domain = orders.internal ; Path = / ", "a=b; Domain = shop.test ; Path = /app ")]
    [InlineData("a=b; Domain=shop.test", null)]
    [InlineData("a=b; Domain=evil.test", null)]
    [InlineData("a=b; Domain=rders.internal", null)]
    [InlineData("a=b; Domain=", null)]
    [InlineData("a=b; Domain", null)]
    [InlineData("a=b; Path", null)]
    [InlineData("a=b; Path=", null)]
    [InlineData("a=b; Path=cart", null)]
    [InlineData("a=b; Path=\"/\"", null)]
    [InlineData("a=Domain=orders.internal", null)]
    [InlineData("Path=/", null)]
    [InlineData("a=b", null)]
    [InlineData("", null)]
    [InlineData("__Host-a=b; Path=/; Secure", null)]
    [InlineData("__Secure-a=b; Path=/; Secure", "__Secure-a=b; Path=/app; Secure")]
    [InlineData("a=\u00fc\u0080; Path=/x", "a=\u00fc\u0080; Path=/app/x")]
    public void A_cookie_of_the_backend_becomes_one_of_the_public_place(string cookie, string? expected) => Assert.Equal(
        expected ?? cookie, new CookieMapping(Own, PrefixPair.Of(new PathChange.Prefix("/"), Prefix("/app"))).Map(cookie, Side()));

    [Theory]
    [InlineData("a=b; Path=/v2", "a=b; Path=/app")]
    [InlineData("a=b; Path=/v2/x", "a=b; Path=/app/x")]
    [InlineData("a=b; Path=/", "a=b; Path=/app")]
    [InlineData("a=b; Path=/v20", null)]
    [InlineData("a=b; Path=/other", null)]
    public void A_cookie_for_more_than_the_prefix_stays_within_the_public_one(string cookie, string? expected) => Assert.Equal(
        expected ?? cookie, new CookieMapping(Own, PrefixPair.Of(new PathChange.Prefix("/v2"), Prefix("/app"))).Map(cookie, Side()));

    private static string Mapped(string location, string prefix, string replacement) =>
        new LocationMapping(Own, PrefixPair.Of(new PathChange.Prefix(replacement), Prefix(prefix))).Map(location, Side());

    private static PathMatch Prefix(string path) => new(PathMatchType.PathPrefix, path);

    private static PublicSide Side() => new("https", "shop.test", "sent.test");
}
