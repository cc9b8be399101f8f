using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Filters;

namespace Portcullis.Gateway.Tests.Proxy.Filters;

public sealed class PathRewriteTests
{
    [Theory]

    // The table of Gateway API.
    [InlineData("/foo/bar", "/foo", "/xyz", "/xyz/bar")]
    [InlineData("/foo/bar", "/foo", "/xyz/", "/xyz/bar")]
    [InlineData("/foo/bar", "/foo/", "/xyz", "/xyz/bar")]
    [InlineData("/foo/bar", "/foo/", "/xyz/", "/xyz/bar")]
    [InlineData("/foo", "/foo", "/xyz", "/xyz")]
    [InlineData("/foo/", "/foo", "/xyz", "/xyz/")]
    [InlineData("/foo/bar", "/foo", "", "/bar")]
    [InlineData("/foo/", "/foo", "", "/")]
    [InlineData("/foo", "/foo", "", "/")]
    [InlineData("/foo/", "/foo", "/", "/")]
    [InlineData("/foo", "/foo", "/", "/")]

    // What it leaves open, in the same spirit.
    [InlineData("/foo", "/foo/", "/xyz/", "/xyz")]
    [InlineData("/foo/bar/", "/foo", "/", "/bar/")]
    [InlineData("/foo//bar", "/foo", "/", "//bar")]
    [InlineData("/foo//bar", "/foo", "/xyz", "/xyz//bar")]
    [InlineData("/foo", "/", "/xyz", "/xyz/foo")]
    [InlineData("/", "/", "/xyz", "/xyz/")]
    [InlineData("/", "/", "/", "/")]
    [InlineData("/a/b/c", "/a/b", "/x", "/x/c")]
    [InlineData("/f%6Fo/b%20r", "/foo", "/xyz", "/xyz/b%20r")]
    [InlineData("/caf%C3%A9/x", "/caf%C3%A9", "/tea", "/tea/x")]
    public void A_prefix_is_replaced_by_whole_segments(string path, string prefix, string replacement, string expected) =>
        Assert.Equal(expected, PathRewrite.Of(new PathChange.Prefix(replacement), new PathMatch(PathMatchType.PathPrefix, prefix))!.Apply(path));

    [Theory]
    [InlineData("/foo/bar")]
    [InlineData("/")]
    public void A_whole_path_is_replaced_whatever_it_was(string path) =>
        Assert.Equal("/one%20place", PathRewrite.Of(new PathChange.Full("/one%20place"), new PathMatch(PathMatchType.Exact, path))!.Apply(path));

    [Fact]
    public void Without_a_change_there_is_nothing_to_do() => Assert.Null(PathRewrite.Of(null, new PathMatch(PathMatchType.PathPrefix, "/")));
}
