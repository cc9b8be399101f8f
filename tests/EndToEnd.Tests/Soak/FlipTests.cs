using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Portcullis.Contract;
using Portcullis.TestKit.Clients;

namespace Portcullis.EndToEnd.Tests.Soak;

/// <summary>Configurations change while requests run; <c>make soak</c> does it 10,000 times.</summary>
public sealed class FlipTests
{
    private const int Workers = 16;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Promise", "P7")]
    public async Task No_request_fails_or_is_answered_by_the_wrong_version()
    {
        await using var site = await SoakSite.StartAsync(Cancellation);
        site.Offer(site.Configuration(0));
        await using var gateway = new SoakGateway(site.Operator, site.Bundles, ImmutableDictionary<string, string>.Empty);
        await gateway.StartAsync(Cancellation);
        using var http1 = TestClient.To(gateway.EndPoint, site.Root, HttpVersion.Version11);
        using var http2 = TestClient.To(gateway.EndPoint, site.Root, HttpVersion.Version20);
        var run = new Run(site);
        var acknowledged = run.FollowAsync(Cancellation);

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => run.AskAsync(worker % 2 == 0 ? http1 : http2, Cancellation)));

        TestContext.Current.TestOutputHelper?.WriteLine(run.Figures);
        Assert.False(acknowledged.IsFaulted);
        Assert.Empty(run.Faults);
        Assert.Equal(SoakScale.FlipRequests, run.Answered);
        Assert.InRange(run.VersionsSeen, 2, int.MaxValue);
        Assert.False(gateway.Process.HasExited);
    }

    private sealed class Run(SoakSite site)
    {
        private readonly ConcurrentDictionary<Digest, int> versions = [];
        private readonly ConcurrentDictionary<int, int> seen = [];
        private readonly ConcurrentQueue<string> faults = [];
        private readonly Lock flipping = new();
        private int begun;
        private int answered;
        private int offered;
        private int acknowledged;

        public int Answered => answered;

        public int VersionsSeen => seen.Count;

        public IEnumerable<string> Faults => faults.Take(5);

        public string Figures => string.Create(
            CultureInfo.InvariantCulture, $"flips: {answered} requests answered, {offered} configurations offered, {seen.Count} of them seen in answers, {faults.Count} faults");

        public async Task FollowAsync(CancellationToken cancellationToken)
        {
            await foreach (var fleet in site.Operator.Hub.State.ReadAllAsync(cancellationToken))
            {
                if (fleet.Gateways is [{ Applied: { } applied }] && versions.TryGetValue(applied.Revision, out var version))
                {
                    Volatile.Write(ref acknowledged, version);
                }
            }
        }

        public async Task AskAsync(HttpClient client, CancellationToken cancellationToken)
        {
            for (var number = Interlocked.Increment(ref begun); number <= SoakScale.FlipRequests; number = Interlocked.Increment(ref begun))
            {
                FlipUpTo((int)((long)number * SoakScale.Flips / SoakScale.FlipRequests));
                var atLeast = Volatile.Read(ref acknowledged);
                await AskAsync(client, atLeast, cancellationToken);
            }
        }

        private async Task AskAsync(HttpClient client, int atLeast, CancellationToken cancellationToken)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"https://{SoakSite.Host}/"), cancellationToken);
                var body = await answer.Content.ReadAsStringAsync(cancellationToken);
                Judge(answer, body, atLeast);
                Interlocked.Increment(ref answered);
            }
            catch (HttpRequestException failure)
            {
                faults.Enqueue(failure.ToString());
            }
        }

        // What was acknowledged before the request began is the least; of what came since, it may be any, but one and the same in every place.
        private void Judge(HttpResponseMessage answer, string body, int atLeast)
        {
            var version = answer.Headers.TryGetValues(SoakSite.Version, out var values) ? int.Parse(values.Single(), CultureInfo.InvariantCulture) : -1;
            var isRight = answer.StatusCode == HttpStatusCode.OK && body == SoakSite.AnswerOf(version) && version >= atLeast && version <= Volatile.Read(ref offered);
            if (!isRight)
            {
                faults.Enqueue($"{(int)answer.StatusCode} by version {version} of at least {atLeast}: {body}");
            }

            seen.TryAdd(version, 0);
        }

        private void FlipUpTo(int version)
        {
            lock (flipping)
            {
                while (offered < version)
                {
                    var configuration = site.Configuration(offered + 1);
                    versions[configuration.Revision] = offered + 1;
                    Volatile.Write(ref offered, offered + 1);
                    site.Offer(configuration);
                }
            }
        }
    }
}
