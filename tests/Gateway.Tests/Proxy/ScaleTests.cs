using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy;

public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int Routes = 2_000;

    [Fact]
    public void A_change_of_one_route_among_thousands_costs_a_small_part_of_all_of_them()
    {
        using var corp = TestAuthority.CreateRoot("corp");
        using var next = TestAuthority.CreateRoot("next");
        using var engine = new ProxyEngine(new ProxyOptions(), TimeProvider.System, NullLogger<ProxyEngine>.Instance);
        var mounted = Make.Mounts(corp, next);
        var all = GatewayConfiguration.Of([.. Enumerable.Range(0, Routes).Select(Route), Make.Bundle(corp, next)]);
        var sequence = 0;

        var everything = Time(() => engine.Apply(Version(all), mounted));
        var edits = Enumerable.Range(0, 5).Select(edit => all.With(new ConfigurationDelta([EntryCodec.Encode(Route(edit) with { Created = DateTimeOffset.UnixEpoch })], []))).ToList();
        var one = edits.Select(edit => Time(() => engine.Apply(Version(edit), mounted))).Order().ElementAt(2);
        var removal = Time(() => engine.Apply(Version(edits[^1].With(new ConfigurationDelta([EntryCodec.Encode(Make.Bundle(corp))], []))), mounted));

        output.WriteLine($"all {everything.TotalMilliseconds:0} ms, one {one.TotalMilliseconds:0.0} ms, trust of all {removal.TotalMilliseconds:0} ms");
        Assert.True(one < everything / 10, $"One route took {one}, all of them {everything}.");

        VersionedConfiguration Version(GatewayConfiguration configuration) => new(new ConfigurationVersion(1, ++sequence), configuration);
    }

    private static RouteEntry Route(int number) => Make.Route(Make.Backend(8443)) with
    {
        Route = new ResourceKey("shop", $"route{number}"),
        Hostnames = [$"h{number}.example.test"],
    };

    private static TimeSpan Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();

        return Stopwatch.GetElapsedTime(start);
    }
}
