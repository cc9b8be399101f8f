using Microsoft.AspNetCore.Http;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Tests.Proxy.Routing;

public sealed class RouteTableTests
{
    private static readonly DateTimeOffset Early = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("shop.example.com", "shop")]
    [InlineData("SHOP.Example.COM", "shop")]
    [InlineData("shop.example.com:8443", "shop")]
    [InlineData("shop.example.com.", "shop")]
    [InlineData("other.example.com", "example")]
    [InlineData("a.b.example.com", "example")]
    [InlineData("x.deep.example.com", "deep")]
    [InlineData("x.y.deep.example.com", "deep")]
    [InlineData("deep.example.com", "example")]
    [InlineData("example.com", null)]
    [InlineData("notexample.com", null)]
    [InlineData("com", null)]
    [InlineData("", null)]
    [InlineData(".example.com", null)]
    [InlineData("[::1]:443", null)]
    public void A_host_finds_its_own_table_then_that_of_the_longest_wildcard(string host, string? expected)
    {
        var table = RouteTable.Empty.With(
        [
            Host("shop.example.com", "shop"),
            Host("*.example.com", "example"),
            Host("*.deep.example.com", "deep"),
        ]);

        Assert.Equal(expected, CodeOf(table.Find(RequestHost.NameIn(host))?.Find(Request("/"))));
    }

    [Fact]
    [Trait("Promise", "P6")]
    public void A_host_of_its_own_never_falls_through_to_a_wildcard()
    {
        var table = RouteTable.Empty.With([Host("*.example.com", "wildcard"), KeyValuePair.Create("shop.example.com", (HostTable?)Table(Candidate("api", "/api")))]);

        Assert.Null(table.Find("shop.example.com")!.Find(Request("/other")));
    }

    [Fact]
    public void Changing_a_host_leaves_the_table_before_as_it_was()
    {
        var before = RouteTable.Empty.With([Host("a.test", "old"), Host("b.test", "b")]);

        var after = before.With([Host("a.test", "new"), KeyValuePair.Create("b.test", (HostTable?)null)]);

        Assert.Equal("old", CodeOf(before.Find("a.test")!.Find(Request("/"))));
        Assert.Equal("new", CodeOf(after.Find("a.test")!.Find(Request("/"))));
        Assert.NotNull(before.Find("b.test"));
        Assert.Null(after.Find("b.test"));
    }

    [Theory]
    [InlineData("/", "root")]
    [InlineData("/other", "root")]
    [InlineData("/api", "api")]
    [InlineData("/api/", "api")]
    [InlineData("/api/v1", "api")]
    [InlineData("/apis", "root")]
    [InlineData("/api/v2", "v2")]
    [InlineData("/api/v2/x", "v2")]
    [InlineData("/api/v2x", "api")]
    [InlineData("/API", "root")]
    [InlineData("/login", "login")]
    [InlineData("/login/", "root")]
    [InlineData("/login/x", "root")]
    [InlineData("//api", "root")]
    public void A_path_finds_the_exact_match_then_the_longest_prefix_of_whole_segments(string path, string expected)
    {
        var table = Table(
            Candidate("root", "/"),
            Candidate("api", "/api/"),
            Candidate("v2", "/api/v2"),
            Candidate("login", "/login", PathMatchType.Exact));

        Assert.Equal(expected, CodeOf(table.Find(Request(path))));
    }

    [Fact]
    public void An_exact_path_beats_a_longer_looking_prefix_with_more_conditions()
    {
        var table = Table(
            Candidate("prefix", "/a/b", method: "GET", headers: [new("x", "1")], query: [new("q", "1")]),
            Candidate("exact", "/a/b", PathMatchType.Exact));

        Assert.Equal("exact", CodeOf(table.Find(Request("/a/b", query: "?q=1", header: ("x", "1")))));
    }

    [Fact]
    public void A_longer_prefix_beats_a_method_and_headers()
    {
        var table = Table(Candidate("short", "/a", method: "GET", headers: [new("x", "1")]), Candidate("long", "/a/b"));

        Assert.Equal("long", CodeOf(table.Find(Request("/a/b", header: ("x", "1")))));
    }

    [Fact]
    public void A_prefix_whose_conditions_fail_leaves_the_request_to_a_shorter_one()
    {
        var table = Table(Candidate("short", "/a"), Candidate("long", "/a/b", method: "POST"));

        Assert.Equal("short", CodeOf(table.Find(Request("/a/b"))));
    }

    [Fact]
    public void A_method_beats_headers_and_headers_beat_query_parameters()
    {
        var method = Candidate("method", "/", method: "GET");
        var headers = Candidate("headers", "/", headers: [new("x", "1")]);
        var query = Candidate("query", "/", query: [new("a", "1"), new("b", "2")]);
        var request = Request("/", query: "?a=1&b=2", header: ("x", "1"));

        Assert.Equal("method", CodeOf(Table(query, headers, method).Find(request)));
        Assert.Equal("headers", CodeOf(Table(query, headers).Find(request)));
    }

    [Fact]
    public void More_headers_beat_fewer_and_then_more_query_parameters_beat_fewer()
    {
        var request = Request("/", query: "?a=1&b=2", header: ("x", "1"), second: ("y", "2"));

        Assert.Equal("two", CodeOf(Table(
            Candidate("one", "/", headers: [new("x", "1")], query: [new("a", "1"), new("b", "2")]),
            Candidate("two", "/", headers: [new("x", "1"), new("y", "2")])).Find(request)));
        Assert.Equal("two", CodeOf(Table(
            Candidate("one", "/", query: [new("a", "1")]),
            Candidate("two", "/", query: [new("a", "1"), new("b", "2")])).Find(request)));
    }

    [Fact]
    public void Among_equal_matches_the_older_route_wins_then_its_name_then_the_order_in_it()
    {
        var young = Candidate("young", "/", created: Early.AddDays(1), route: "a");
        var zoo = Candidate("zoo", "/", route: "z");
        var second = Candidate("second", "/", route: "b", order: 1);
        var first = Candidate("first", "/", route: "b", order: 0);

        Assert.Equal("first", CodeOf(Table(young, zoo, second, first).Find(Request("/"))));
        Assert.Equal("zoo", CodeOf(Table(young, zoo).Find(Request("/"))));
    }

    [Theory]
    [InlineData("x", "1", true)]
    [InlineData("X", "1", true)]
    [InlineData("x", "2", false)]
    [InlineData("x", "1,2", false)]
    [InlineData("y", "1", false)]
    public void A_header_is_compared_by_name_in_any_case_and_by_its_whole_value(string name, string value, bool matches)
    {
        var table = Table(Candidate("rule", "/", headers: [new("x", "1")]));

        Assert.Equal(matches, table.Find(Request("/", header: (name, value))) is not null);
    }

    [Fact]
    public void Several_lines_of_a_header_count_as_one_with_commas()
    {
        var table = Table(Candidate("rule", "/", headers: [new("x", "1,2")]));
        var request = Request("/");
        request.Headers["x"] = new[] { "1", "2" };

        Assert.NotNull(table.Find(request));
    }

    [Theory]
    [InlineData("?q=1", true)]
    [InlineData("?a=b&q=1", true)]
    [InlineData("?q=1&q=2", true)]
    [InlineData("?q=2&q=1", false)]
    [InlineData("?Q=1", false)]
    [InlineData("?q=%31", true)]
    [InlineData("?q", false)]
    [InlineData("", false)]
    public void A_query_parameter_is_compared_exactly_and_its_first_value_decides(string query, bool matches)
    {
        var table = Table(Candidate("rule", "/", query: [new("q", "1")]));

        Assert.Equal(matches, table.Find(Request("/", query: query)) is not null);
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("get", false)]
    [InlineData("POST", false)]
    public void A_method_is_compared_with_regard_to_case(string method, bool matches)
    {
        var table = Table(Candidate("rule", "/", method: "GET"));

        Assert.Equal(matches, table.Find(Request("/", method: method)) is not null);
    }

    [Fact]
    public void A_request_without_a_path_is_taken_by_the_root_prefix()
    {
        Assert.NotNull(Table(Candidate("root", "/")).Find(Request("")));
    }

    private static KeyValuePair<string, HostTable?> Host(string host, string code) => KeyValuePair.Create(host, (HostTable?)Table(Candidate(code, "/")));

    private static HostTable Table(params Candidate[] candidates) => HostTable.Of(candidates);

    private static Candidate Candidate(
        string code,
        string path,
        PathMatchType type = PathMatchType.PathPrefix,
        string? method = null,
        NameValueMatch[]? headers = null,
        NameValueMatch[]? query = null,
        DateTimeOffset? created = null,
        string route = "route",
        int order = 0)
    {
        var match = new RouteMatch { Path = new PathMatch(type, path), Method = method, Headers = [.. headers ?? []], QueryParameters = [.. query ?? []] };

        return new Candidate(match, created ?? Early, new ResourceKey("ns", route), order, new CompiledRule.Refuse(code));
    }

    private static HttpRequest Request(
        string path, string method = "GET", string query = "", (string Name, string Value)? header = null, (string Name, string Value)? second = null)
    {
        var request = new DefaultHttpContext().Request;
        request.Path = path;
        request.Method = method;
        request.QueryString = new QueryString(query);
        foreach (var (name, value) in new[] { header, second }.OfType<(string Name, string Value)>())
        {
            request.Headers[name] = value;
        }

        return request;
    }

    private static string? CodeOf(CompiledRule? rule) => (rule as CompiledRule.Refuse)?.Code;
}
