using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Pki;
using static Portcullis.Operator.Tests.Translation.Declared;
using static Portcullis.Operator.Tests.Translation.Moments;

namespace Portcullis.Operator.Tests.Translation.Bundles;

/// <summary>Sources that have not changed are not read again, and nobody can tell.</summary>
public sealed class UnchangedSourceTests
{
    private static readonly ImmutableArray<string> Names = ["a", "b", "c", "d"];

    [Fact]
    public void A_source_that_has_not_changed_is_not_read_again()
    {
        using var root = TestAuthority.CreateRoot("Root");
        var snapshot = Snapshot(Bundle(root.Pem));

        var first = Translator.Translate(snapshot, FleetState.Empty, null, new TranslationOptions(), Now);
        var second = Translator.Translate(snapshot, FleetState.Empty, first, new TranslationOptions(), Now);

        Assert.Same(Assert.Single(first.TrustBundles[Corp].Readings), Assert.Single(second.TrustBundles[Corp].Readings));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_edited_the_result_is_that_of_reading_everything_again(int seed)
    {
        var random = new Random(seed);
        var contents = Contents();
        var snapshot = Snapshot(Bundle());
        TranslationResult? quick = null;
        TranslationResult? slow = null;

        for (var turn = 0; turn < 60; turn++)
        {
            snapshot = Edited(snapshot, contents, random);
            var now = Now.AddSeconds(20 * turn);

            quick = Translator.Translate(snapshot, FleetState.Empty, quick, new TranslationOptions(), now);
            slow = Translator.Translate(snapshot, FleetState.Empty, Forgetful(slow), new TranslationOptions(), now);

            Assert.Equal(Texts(slow), Texts(quick));
        }

        // Nothing is on its way any more, and nothing that is broken holds what it had: then the past must not be seen.
        var whole = Edited(snapshot, [contents[0]], random, everything: true);
        var settled = Translator.Translate(whole, FleetState.Empty, quick, new TranslationOptions(), Now.AddHours(1));
        settled = Translator.Translate(whole, FleetState.Empty, settled, new TranslationOptions(), Now.AddHours(2));
        var fresh = Translator.Translate(whole, FleetState.Empty, null, new TranslationOptions(), Now.AddHours(2));

        Assert.Equal(Texts(fresh), Texts(settled));
    }

    private static ResourceSnapshot Edited(ResourceSnapshot snapshot, ImmutableArray<string?> contents, Random random, bool everything = false)
    {
        foreach (var name in everything ? Names : [Names[random.Next(Names.Length)]])
        {
            var key = new ResourceKey(Corp.Namespace, name);
            var content = contents[random.Next(contents.Length)];
            snapshot = snapshot with
            {
                ConfigMaps = content is null
                    ? snapshot.ConfigMaps.Remove(key)
                    : snapshot.ConfigMaps.SetItem(key, new V1ConfigMap { Metadata = Meta(key), Data = new Dictionary<string, string> { ["ca.crt"] = content } }),
            };
        }

        var used = Names.Where(_ => random.Next(2) == 0).DefaultIfEmpty(Names[0]);
        var inline = contents.OfType<string>().ElementAt(random.Next(contents.OfType<string>().Count()));
        var sources = used.Select(name => new TrustSource { Name = name, ConfigMap = new SourceKey { Name = name } }).Append(new TrustSource { Name = "inline", Inline = inline });
        var spec = random.Next(3) == 0 || everything ? new TrustBundleSpec { Sources = [.. sources] } : snapshot.TrustBundles[Corp].Spec;

        return snapshot with { TrustBundles = snapshot.TrustBundles.SetItem(Corp, snapshot.TrustBundles[Corp] with { Spec = spec }) };
    }

    /// <summary>Good content, broken content, and none.</summary>
    private static ImmutableArray<string?> Contents()
    {
        using var one = TestAuthority.CreateRoot("One");
        using var two = TestAuthority.CreateRoot("Two");

        return [one.Pem, two.Pem, one.Pem + two.Pem, one.Pem[..200], "", null];
    }

    private static TranslationResult? Forgetful(TranslationResult? result) => result is null ? null : result with
    {
        TrustBundles = result.TrustBundles.ToImmutableSortedDictionary(bundle => bundle.Key, bundle => bundle.Value with { Readings = [] }),
    };

    private static IEnumerable<string> Texts(TranslationResult result) =>
    [
        .. result.Configurations.Values.Select(configuration => configuration.Revision.ToString()),
        .. result.Publication.Bundles.Select(bundle => bundle.Digest.ToString()),
        .. result.TrustBundles.Values.SelectMany(bundle => bundle.Problems).Select(problem => problem.ToString()),
        .. result.Routes.Values.SelectMany(route => route.Problems).Select(problem => problem.ToString()),
    ];
}
