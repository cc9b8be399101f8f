using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Identity;

namespace Portcullis.Operator.Tests.Identity;

public sealed class ReviewedTokenTests
{
    private static readonly string Token = TokenOf("{\"exp\":1900000000}");

    [Fact]
    public void A_yes_for_this_audience_is_the_pods()
    {
        var caller = ReviewedToken.Of(Review(_ => { }), "operator", Token);

        Assert.Equal(new Caller.Pod("edge", "gateway", "pod-1", "uid-1", DateTimeOffset.FromUnixTimeSeconds(1900000000)), caller);
    }

    public static TheoryData<string, string> Doubts { get; } = new()
    {
        { "authenticated", "false" },
        { "authenticated", "\"true\"" },
        { "audiences", "[]" },
        { "audiences", "null" },
        { "audiences", "[\"another\"]" },
        { "error", "\"something is wrong\"" },
        { "user", "null" },
        { "user.username", "\"admin\"" },
        { "user.username", "\"system:serviceaccount:edge\"" },
        { "user.username", "\"system:serviceaccount:edge:gateway:more\"" },
        { "user.username", "\"system:serviceaccount::gateway\"" },
        { "user.username", "\"system:node:edge:gateway\"" },
        { "user.extra", "null" },
        { "user.extra", "{}" },
        { "user.extra", "{\"authentication.kubernetes.io/pod-name\":[\"pod-1\"]}" },
        { "user.extra", "{\"authentication.kubernetes.io/pod-name\":[\"pod-1\"],\"authentication.kubernetes.io/pod-uid\":[\"\"]}" },
        { "user.extra", "{\"authentication.kubernetes.io/pod-name\":[\"pod-1\",\"pod-2\"],\"authentication.kubernetes.io/pod-uid\":[\"uid-1\"]}" },
    };

    [Theory]
    [MemberData(nameof(Doubts))]
    public void Any_doubt_is_a_no(string field, string value)
    {
        var review = Review(status =>
        {
            var path = field.Split('.');
            var parent = path.Length == 1 ? status : status[path[0]]!.AsObject();
            parent[path[^1]] = JsonNode.Parse(value);
        });

        Assert.IsType<Caller.Stranger>(ReviewedToken.Of(review, "operator", Token));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"exp\":\"soon\"}")]
    [InlineData("[]")]
    [InlineData("no JSON")]
    [InlineData("{\"exp\":99999999999999999}")]
    public void A_token_that_says_no_time_of_expiry_is_a_no(string claims) =>
        Assert.IsType<Caller.Stranger>(ReviewedToken.Of(Review(_ => { }), "operator", TokenOf(claims)));

    private static JsonElement Review(Action<JsonObject> change)
    {
        var review = JsonNode.Parse(
            """
            {"status":{"authenticated":true,"audiences":["operator"],"user":{"username":"system:serviceaccount:edge:gateway",
            "extra":{"authentication.kubernetes.io/pod-name":["pod-1"],"authentication.kubernetes.io/pod-uid":["uid-1"]}}}}
            """)!.AsObject();
        change(review["status"]!.AsObject());
        return JsonSerializer.SerializeToElement(review);
    }

    private static string TokenOf(string claims) => $"header.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.signature";
}
