using Microsoft.Extensions.Primitives;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Sessions;

namespace Portcullis.Gateway.Tests.Proxy.Sessions;

public sealed class CookieTests
{
    [Theory]
    [InlineData("s=1", "")]
    [InlineData("a=1; s=2; b=3", "a=1; b=3")]
    [InlineData("s=2;a=1", "a=1")]
    [InlineData("a=1;  s = 2 ;b=\"x y\"", "a=1;b=\"x y\"")]
    [InlineData("t=1; s=2; a=s=3; s=4", "a=s=3")]
    [InlineData("S=1; ss=2; s; =s", "S=1; ss=2; s; =s")]
    [InlineData("a=1;; ;b", "a=1;; ;b")]
    public void Of_a_request_only_the_gateways_own_cookies_are_hidden(string sent, string seen) =>
        Assert.Equal(seen, CookieFields.Without(sent, ["s", "t"]).ToString());

    [Fact]
    public void Fields_without_any_of_them_stay_the_very_same()
    {
        var sent = new StringValues(["a=1;b", "c"]);

        Assert.Same(sent.ToArray(), CookieFields.Without(sent, ["s"]).ToArray());
    }

    [Fact]
    public void A_field_that_held_nothing_else_goes() => Assert.Equal(["a=1"], CookieFields.Without(new StringValues(["s=1", "a=1"]), ["s"]).ToArray());

    [Fact]
    public void A_backend_sets_every_cookie_but_the_gateways_own() =>
        Assert.Equal(["a=s=1", "ss=1"], CookieFields.NotSetting(new StringValues(["a=s=1", "s=1; Path=/", " s =2", "ss=1"]), ["s"]).ToArray());

    [Fact]
    public void Values_are_found_in_the_order_in_which_they_were_sent() =>
        Assert.Equal(["2", "3", "", "4"], CookieFields.ValuesOf(new StringValues(["a=1; s=2;s=3;s=", "s = 4"]), "s"));

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/shop", "/shop")]
    [InlineData("/shop/", "/shop")]
    [InlineData("/shop/a /shop/b", "/shop")]
    [InlineData("/shop /shopping", "/")]
    [InlineData("/shop /shop/cart/items", "/shop")]
    [InlineData("/a;b/c", "/")]
    [InlineData("/a/b;Domain=x/c", "/a")]
    [InlineData("/a/%41", "/a")]
    [InlineData("/a/ü", "/a")]
    public void A_rule_has_one_path_of_whole_segments_that_ends_no_attribute(string matches, string path) =>
        Assert.Equal(path, CookiePath.Of(matches.Split(' ').Select(match => new RouteMatch { Path = new PathMatch(PathMatchType.PathPrefix, match) })));

    [Theory]
    [InlineData("s", "/shop")]
    [InlineData("__Secure-s", "/shop")]
    [InlineData("__Host-s", "/")]
    [InlineData("__host-s", "/")]
    public void What_browsers_keep_for_the_root_only_is_set_there(string name, string path) => Assert.Equal(path, CookiePath.For(name, "/shop"));
}
