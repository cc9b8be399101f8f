using System.Net;
using Microsoft.AspNetCore.Http;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Front;

/// <summary>The path that routes are found by, which the server makes, and the one that backends are asked for, which is ours.</summary>
public sealed class RequestPathTests : IDisposable
{
    private const string Host = "shop.test";
    private static readonly string[] Segments = ["a", "", ".", "..", "%2e", "%2E.", ".%2e", "...", "b%3B%20c"];
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestLog log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        log.Dispose();
        root.Dispose();
    }

    [Fact]
    public async Task Both_are_the_same_wherever_there_are_dots()
    {
        await using var server = await FrontServer.StartAsync(root, Host, BothAsync, log, Cancellation);
        using var client = TestClient.To(server.EndPoint, root.Certificate, HttpVersion.Version11);
        var paths = Paths(4).Select(path => $"/{path}").ToArray();

        foreach (var path in paths)
        {
            var uri = new Uri($"https://{Host}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            var both = (await client.GetStringAsync(uri, Cancellation)).Split('\n');

            Assert.True(both[0] == both[1], $"{path} is matched as {both[0]} and forwarded as {both[1]}.");
        }

        Assert.InRange(paths.Length, 5_000, int.MaxValue);
    }

    private static Task BothAsync(HttpContext context) =>
        context.Response.WriteAsync($"{context.Request.Path.Value}\n{Uri.UnescapeDataString(RequestTarget.Forwarded(context, null))}", Cancellation);

    private static IEnumerable<string> Paths(int segments) => segments == 1
        ? Segments
        : Segments.SelectMany(first => Paths(segments - 1).Select(rest => $"{first}/{rest}"));
}
