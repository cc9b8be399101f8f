using System.Net;
using Portcullis.EndToEnd.Tests.Running;

namespace Portcullis.EndToEnd.Tests;

/// <summary>Filters from the manifest to the wire: an application that knows nothing of the prefix it is published under.</summary>
public sealed class FilterTests : EndToEndTest
{
    [Fact]
    public async Task An_application_is_published_under_a_prefix_and_old_addresses_are_redirected()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await Standalone.StartAsync(
            Cancellation, ("bundle.yaml", Manifest.Bundle("company", Root.Certificate)), ("route.yaml", Route(backend.Port)));
        using var client = standalone.Client();

        using var mapped = await client.GetAsync(
            new Uri($"https://shop.front.test/app/redirect?to=https://orders.corp.internal:{backend.Port}/login"), Cancellation);
        using var foreign = await client.GetAsync(new Uri("https://shop.front.test/app/redirect?to=https://elsewhere.test/login"), Cancellation);
        using var moved = await client.GetAsync(new Uri("https://shop.front.test/old/cart?a=b"), Cancellation);

        Assert.EndsWith("/app/login", mapped.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith("https://shop.front.test", mapped.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Equal("nosniff", mapped.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("https://elsewhere.test/login", foreign.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.PermanentRedirect, moved.StatusCode);
        Assert.EndsWith("/app/cart?a=b", moved.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.All(backend.Requests.Entries, request => Assert.StartsWith("/redirect?", request.Target, StringComparison.Ordinal));
        Assert.All(backend.Requests.Entries, request => Assert.Equal("/app", request.Headers["X-Forwarded-Prefix"]));
    }

    private static string Route(int port) => Manifest.Route(
        "shop",
        "shop.front.test",
        """
        - name: app
          matches: [{path: {value: /app}}]
          filters:
          - type: URLRewrite
            urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}
          - type: ReverseMapping
            reverseMapping: {}
          - type: RequestHeaderModifier
            requestHeaderModifier: {set: [{name: X-Forwarded-Prefix, value: /app}]}
          - type: ResponseHeaderModifier
            responseHeaderModifier: {set: [{name: X-Content-Type-Options, value: nosniff}]}
          backendRefs: [{name: backend}]
        - name: old
          matches: [{path: {value: /old}}]
          filters:
          - type: RequestRedirect
            requestRedirect: {statusCode: 308, path: {type: ReplacePrefixMatch, replacePrefixMatch: /app}}
        """,
        [port],
        "company",
        "orders.corp.internal");
}
