using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Portcullis.Gateway.Proxy.Requests;

namespace Portcullis.Gateway.Tests.Proxy.Requests;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/", true)]
    [InlineData("/a//b/", true)]
    [InlineData("/a%20b/%E2%82%AC/%25/%252f", true)]
    [InlineData("/a;v=1/b", true)]
    [InlineData("/.well-known/...;x", true)]
    [InlineData("/a?b=%2f%5c%00\\/;..;%zz", true)]
    [InlineData("/{a}|\"<>^`'", true)]
    [InlineData("*", true)]
    [InlineData("https://shop.test/a", true)]
    [InlineData("/a%2fb", true)]
    [InlineData("/https%3A%2F%2Fshop.test%2F..a/%2f", true)]
    [InlineData("/a%2f..%2Fb", false)]
    [InlineData("/a/..%2fb", false)]
    [InlineData("/a%2F.", false)]
    [InlineData("/a%2f%2E%2e/b", false)]
    [InlineData("/a%2f..;x/b", false)]
    [InlineData("/a%2f..%3bx/b", false)]
    [InlineData("/a/../b%2fc", false)]
    [InlineData("/a%2f%5cb", false)]
    [InlineData("/a%5cb", false)]
    [InlineData("/a%5Cb", false)]
    [InlineData("/a\\b", false)]
    [InlineData("/a%00", false)]
    [InlineData("/a/..;/b", false)]
    [InlineData("/a/.;/b", false)]
    [InlineData("/a/%2e%2E;x=1/b", false)]
    [InlineData("/a/..%3b/b", false)]
    [InlineData("/a/./..%3B/b", false)]
    [InlineData("https://shop.test/a/%2e%3B", false)]
    [InlineData("/a%3Bb/...%3b/.x%3b", true)]
    [InlineData("/a/.%2e;", false)]
    [InlineData("/a%", false)]
    [InlineData("/a%2", false)]
    [InlineData("/a%zz", false)]
    [InlineData("/a%2?f", false)]
    [InlineData("/%C0%af", false)]
    [InlineData("/%c1%9C", false)]
    [InlineData("/%e0%80%af", false)]
    [InlineData("/%f0%80%80%af", false)]
    [InlineData("/%C3%A9/%E2%82%AC/%F0%9F%98%80/%E0%A4%85", true)]
    [InlineData("/%E9/%C0/%C1x", true)]
    [InlineData("/a#b", false)]
    [InlineData("/a?b#c", false)]
    [InlineData("/a\u0001", false)]
    [InlineData("/a?b\u007f", false)]
    [InlineData("/a?\u00e9", false)]
    [InlineData("https://shop.test/a%2fb", false)]
    public void What_can_be_read_in_two_ways_is_told_from_what_cannot(string target, bool clear) =>
        Assert.Equal(!clear, RequestTarget.IsAmbiguous(Asking(target, "/")));

    [Theory]
    [InlineData("/a%20b;v=1/%7euser//{x}?q=a%20b&c=\\#", "/ignored", "/a%20b;v=1/%7euser//{x}?q=a%20b&c=\\#")]
    [InlineData("/.well-known/x", "/.well-known/x", "/.well-known/x")]
    [InlineData("/a/../b?q", "/b", "/b?q")]
    [InlineData("/a/%2e%2E/%252f%20?q", "/%2f ", "/%252f%20?q")]
    [InlineData("/a/.", "/a/", "/a/")]
    [InlineData("/a/%2e/b", "/a/b", "/a/b")]
    [InlineData("/a/.../b", "/ignored", "/a/.../b")]
    [InlineData("/./a%3Bb/%E9/%2B+?q", "/ignored", "/a%3Bb/%E9/%2B+?q")]
    [InlineData("/a//../b", "/ignored", "/a/b")]
    [InlineData("/..//a", "/ignored", "//a")]
    [InlineData("/..", "/", "/")]
    [InlineData("*", "", "/")]
    [InlineData("https://shop.test/a?q", "/a", "/a")]
    public void The_backend_is_asked_in_the_clients_own_words_unless_dots_were_taken_out(string target, string path, string forwarded) =>
        Assert.Equal(forwarded, RequestTarget.Forwarded(Asking(target, path), null));

    private static DefaultHttpContext Asking(string target, string path)
    {
        var context = new DefaultHttpContext { Request = { Path = new PathString(path) } };
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        return context;
    }
}
