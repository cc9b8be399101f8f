using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Stores.Kubernetes.Publishing.Bundles;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing.Bundles;

using Files = ImmutableSortedDictionary<string, string>;
using Shards = ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>>;

public sealed class ShardPlanTests
{
    private static readonly ResourceKey First = new("edge", "trust-0");
    private static readonly ResourceKey Second = new("edge", "trust-1");
    private static readonly ResourceKey OfAnother = new("other", "trust-0");

    [Fact]
    public void What_is_wanted_comes_and_what_is_foreign_goes()
    {
        var next = Next(Of((First, [("a.pem", "A"), ("b.pem", "B")])), Of((First, [("a.pem", "edited"), ("foreign.pem", "F")])));

        Assert.Equal(Content(("a.pem", "A"), ("b.pem", "B")), next[First]);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public void A_bundle_that_moves_is_in_its_new_shard_before_it_leaves_the_old()
    {
        var wanted = Of((First, []), (Second, [("a.pem", "A")]));
        var held = Of((First, [("a.pem", "A")]), (Second, []));

        var first = Next(wanted, held);
        Assert.Equal(Content(("a.pem", "A")), first[First]);
        Assert.Equal(Content(("a.pem", "A")), first[Second]);

        var second = Next(wanted, first);
        Assert.Equal(Content(), second[First]);
        Assert.Equal(Content(("a.pem", "A")), second[Second]);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public void A_bundle_stays_where_it_is_while_its_new_shard_cannot_be_written()
    {
        var wanted = Of((First, []), (Second, [("a.pem", "A")]));

        Assert.Equal(Content(("a.pem", "A")), Next(wanted, Of((First, [("a.pem", "A")])))[First]);
        Assert.Equal(Content(("a.pem", "A")), Next(wanted, Of((First, [("a.pem", "A")]), (Second, [("a.pem", "older")])))[First]);
    }

    [Fact]
    public void Another_gateways_shard_holds_nothing_back()
    {
        var next = Next(Of((First, []), (OfAnother, [("a.pem", "A")])), Of((First, [("a.pem", "A")]), (OfAnother, [])));

        Assert.Equal(Content(), next[First]);
    }

    [Fact]
    public void What_does_not_fit_beside_a_bundle_that_leaves_comes_after_it()
    {
        var large = new string('x', 600 * 1024);
        var wanted = Of((First, [("new.pem", large)]), (Second, [("moves.pem", large)]));
        var held = Of((First, [("moves.pem", large)]), (Second, []));

        var first = Next(wanted, held);
        Assert.Equal(["moves.pem"], first[First].Keys);
        Assert.Equal(["moves.pem"], first[Second].Keys);

        var second = Next(wanted, first);
        Assert.Equal(["new.pem"], second[First].Keys);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public void From_any_start_no_round_loses_a_bundle_and_the_last_is_what_is_wanted()
    {
        var random = new Random(3);

        for (var run = 0; run < 500; run++)
        {
            var wanted = Random(random, distinct: true);
            var held = Random(random, distinct: false);

            for (var round = 0; round < 3; round++)
            {
                var next = Next(wanted, held);
                var kept = Names(held).Intersect(Names(wanted)).Except(Names(next));
                Assert.Empty(kept);

                // The rounds are written shard by shard: whichever comes first, nothing is lost in between either.
                foreach (var shard in next.Keys)
                {
                    Assert.Empty(Names(held).Intersect(Names(wanted)).Except(Names(held.SetItem(shard, next[shard]))));
                }

                held = next;
            }

            Assert.Equal(wanted.SelectMany(shard => shard.Value.Select(file => (shard.Key, file))), held.SelectMany(shard => shard.Value.Select(file => (shard.Key, file))));
        }
    }

    private static Shards Random(Random random, bool distinct)
    {
        var shards = Of((First, []), (Second, []), (new ResourceKey("edge", "trust-2"), []));

        foreach (var file in new[] { "a.pem", "b.pem", "c.pem", "d.pem" })
        {
            foreach (var shard in shards.Keys.OrderBy(_ => random.Next()).Take(distinct ? random.Next(2) : random.Next(3)))
            {
                shards = shards.SetItem(shard, shards[shard].SetItem(file, random.Next(2) == 0 ? "one" : "two"));
            }
        }

        return shards;
    }

    private static IEnumerable<string> Names(Shards shards) => shards.Values.SelectMany(files => files.Keys).Distinct();

    private static Shards Next(Shards wanted, Shards held) => ShardPlan.Next(wanted, held, shard => shard.Namespace);

    private static Shards Of(params (ResourceKey Shard, (string, string)[] Files)[] shards) =>
        shards.ToImmutableSortedDictionary(shard => shard.Shard, shard => Content(shard.Files));

    private static Files Content(params (string File, string Content)[] files) =>
        files.ToImmutableSortedDictionary(file => file.File, file => file.Content, StringComparer.Ordinal);
}
