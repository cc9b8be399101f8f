using System.Collections.Immutable;
using System.Text;
using Portcullis.Contract;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using Portcullis.Operator.Translation.Bundles;
using Portcullis.Operator.Translation.Shards;

namespace Portcullis.Operator.Tests.Translation.Shards;

public sealed class ShardPlannerTests
{
    private const int Large = 250 * 1024;
    private static readonly Digest Kept = Anchor("kept");
    private static readonly Digest Gone = Anchor("gone");

    [Fact]
    public void Bundles_fill_the_first_shard_and_then_the_next()
    {
        var plan = Plan(Two, Five.Select(name => New(name, Large)));

        Assert.Equal(["shop.a.pem", "shop.b.pem", "shop.c.pem"], Files(plan, "trust-0"));
        Assert.Equal(["shop.d.pem", "shop.e.pem"], Files(plan, "trust-1"));
        Assert.All(plan.Bundles.Values, bundle => Assert.Empty(bundle.Problems));
    }

    [Fact]
    public void A_declared_shard_that_holds_nothing_is_planned_empty()
    {
        var plan = Plan(Two, []);

        Assert.Equal(["trust-0", "trust-1"], plan.Shards.Keys.Select(shard => shard.Name));
        Assert.All(plan.Shards.Values, Assert.Empty);
    }

    [Fact]
    public void A_bundle_stays_in_the_shard_that_holds_it()
    {
        var plan = Plan(Two, [Held("a", 1000, 1000), New("b", 1000)], Now("trust-1", "a", 1000));

        Assert.Equal(["shop.b.pem"], Files(plan, "trust-0"));
        Assert.Equal(["shop.a.pem"], Files(plan, "trust-1"));
    }

    [Fact]
    public void A_bundle_stays_where_it_was_planned_though_that_is_not_written_yet()
    {
        var first = Plan(Two, [New("b", Large), New("c", Large), New("d", Large), New("e", Large)]);
        var again = Plan(Two, [New("a", Large), Held("b", Large, Large), Held("c", Large, Large), Held("d", Large, Large), Held("e", Large, Large)], previous: first);

        Assert.Equal(Files(first, "trust-0"), Files(again, "trust-0"));
        Assert.Equal(["shop.a.pem", "shop.e.pem"], Files(again, "trust-1"));
    }

    [Fact]
    public void A_bundle_that_outgrows_its_shard_moves_and_frees_its_room_only_when_it_has_left()
    {
        var now = Now("trust-0", "a", 100_000).AddRange(Now("trust-0", "b", 800_000));
        var moving = Plan(Two, [Held("a", 100_000, 200_000), Held("b", 800_000, 800_000), New("c", 100_000)], now);

        Assert.Equal(["shop.b.pem"], Files(moving, "trust-0"));
        Assert.Equal(["shop.a.pem", "shop.c.pem"], Files(moving, "trust-1"));

        var left = Now("trust-1", "a", 200_000).AddRange(Now("trust-0", "b", 800_000)).AddRange(Now("trust-1", "c", 100_000));
        var later = Plan(Two, [Held("a", 200_000, 200_000), Held("b", 800_000, 800_000), Held("c", 100_000, 100_000), New("d", 100_000)], left);

        Assert.Equal(["shop.b.pem", "shop.d.pem"], Files(later, "trust-0"));
    }

    [Fact]
    public void A_shard_that_does_not_exist_is_filled_last()
    {
        var plan = Plan(Two, Five.Select(name => New(name, Large)), missing: "trust-0");

        Assert.Equal(["shop.d.pem", "shop.e.pem"], Files(plan, "trust-0"));
        Assert.Equal(["shop.a.pem", "shop.b.pem", "shop.c.pem"], Files(plan, "trust-1"));
    }

    [Fact]
    public void What_was_planned_into_a_shard_that_does_not_exist_goes_where_there_is_room_and_stays_there()
    {
        var planned = Plan(Two, [New("a", 1000), New("b", 1000)], missing: "trust-1");
        var deleted = Plan(Two, [Held("a", 1000, 1000), Held("b", 1000, 1000)], missing: "trust-0", previous: planned);
        var made = Plan(Two, [Held("a", 1000, 1000), Held("b", 1000, 1000)], Now("trust-1", "a", 1000).AddRange(Now("trust-1", "b", 1000)), previous: deleted);

        Assert.Equal(["shop.a.pem", "shop.b.pem"], Files(planned, "trust-0"));
        Assert.Equal(["shop.a.pem", "shop.b.pem"], Files(deleted, "trust-1"));
        Assert.Equal(Texts(deleted), Texts(made));
    }

    [Fact]
    public void What_was_planned_into_a_shard_that_does_not_exist_keeps_its_room_when_there_is_no_other()
    {
        var now = Now("trust-0", "a", Large).AddRange(Now("trust-0", "b", Large)).AddRange(Now("trust-0", "c", Large));
        var planned = Plan(Two, [Held("a", Large, Large), Held("b", Large, Large), Held("c", Large, Large), New("d", Large)], now, missing: "trust-1");
        var again = Plan(
            Two, [Held("a", Large, Large), Held("b", Large, Large), Held("c", Large, Large), Held("d", Large, Large), .. Older(3)], now, planned, missing: "trust-1");

        Assert.Equal(["shop.d.pem"], Files(planned, "trust-1"));
        Assert.Contains("shop.d.pem", Files(again, "trust-1"));
        Assert.Equal(["older-2"], again.Bundles.Where(bundle => bundle.Value.Published is null).Select(bundle => bundle.Key.Name));
    }

    [Fact]
    public void What_is_on_its_way_into_a_shard_that_is_deleted_stays_where_it_still_is()
    {
        TranslationOptions three = new() { Gateways = [Gateway("default", "trust-0", "trust-1", "trust-2")] };
        var moving = Plan(three, [New("a", 1000)], missing: "trust-1, trust-2");
        var back = Plan(three, [Held("a", 1000, 1000)], Now("trust-2", "a", 1000), moving, missing: "trust-0");

        Assert.Equal(["shop.a.pem"], Files(back, "trust-2"));
    }

    [Fact]
    public void The_newest_is_refused_when_there_is_no_room_with_what_is_needed_and_what_to_do()
    {
        var plan = Plan(One, [New("young", Large, age: 2), New("old", Large), New("older", Large, age: -1), New("middle", Large, age: 1)]);
        var problem = Assert.Single(plan.Bundles[Key("young")].Problems);

        Assert.Equal(["shop.middle.pem", "shop.old.pem", "shop.older.pem"], Files(plan, "trust-0"));
        Assert.Equal(ProblemReason.ShardsFull, problem.Reason);
        Assert.Contains("Gateway 'default'", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"needs {Large + "shop.young.pem".Length} bytes", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"more than {Shard.Capacity - (3 * Large) - "shop.old.pemshop.older.pemshop.middle.pem".Length} left", problem.Message, StringComparison.Ordinal);
        Assert.Contains("trustShards", problem.Message, StringComparison.Ordinal);
        Assert.Null(plan.Bundles[Key("young")].Published);
        Assert.Equal(BundleState.Unknown, plan.Bundles[Key("young")].State);
    }

    [Fact]
    public void An_older_newcomer_does_not_push_out_what_is_published()
    {
        var now = Now("trust-0", "a", Large).AddRange(Now("trust-0", "b", Large)).AddRange(Now("trust-0", "c", Large));
        var plan = Plan(One, [Held("a", Large, Large), Held("b", Large, Large), Held("c", Large, Large), New("ancient", Large, age: -9)], now);

        Assert.Equal(["shop.a.pem", "shop.b.pem", "shop.c.pem"], Files(plan, "trust-0"));
        Assert.Equal(ProblemReason.ShardsFull, Assert.Single(plan.Bundles[Key("ancient")].Problems).Reason);
    }

    [Fact]
    [Trait("Promise", "P3")]
    public void One_that_grows_beyond_all_room_stays_as_published_and_removals_take_effect_by_the_pushed_list()
    {
        var now = Now("trust-0", "a", 1000).AddRange(Now("trust-0", "b", Large)).AddRange(Now("trust-0", "c", Large)).AddRange(Now("trust-0", "d", Large));
        var plan = Plan(One, [Held("a", 1000, Large), Held("b", Large, Large), Held("c", Large, Large), Held("d", Large, Large)], now);
        var grown = plan.Bundles[Key("a")];

        Assert.Equal(1000, grown.Published!.Pem.Length);
        Assert.Equal(1000, plan.Shards[ShardKey("trust-0")]["shop.a.pem"].Length);
        Assert.Equal([Kept], grown.Pushed);
        Assert.Equal(BundleState.InForce, grown.State);
        Assert.Contains("stays in force", Assert.Single(grown.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_does_not_fit_beside_the_old_content_takes_effect_without_it()
    {
        var both = Bundle("a", Large, [Kept, Gone]);
        var direct = Bundle("a", 2000, [Kept]);
        var request = new ShardRequest { Created = Moments.Now, Candidates = [both, direct], Unmoved = Bundle("a", 1000, [Gone, Kept]) };
        var now = Now("trust-0", "a", 1000).AddRange(Now("trust-0", "b", Large)).AddRange(Now("trust-0", "c", Large)).AddRange(Now("trust-0", "d", Large));
        var plan = Plan(One, [request, Held("b", Large, Large), Held("c", Large, Large), Held("d", Large, Large)], now);

        Assert.Equal(2000, plan.Bundles[Key("a")].Published!.Pem.Length);
        Assert.Empty(plan.Bundles[Key("a")].Problems);
    }

    [Fact]
    public void A_bundle_that_does_not_fit_in_one_of_its_gateways_is_refused_in_all()
    {
        TranslationOptions options = new() { Gateways = [Gateway("default", "trust-0"), Gateway("inner", "inner-0")] };
        var plan = Plan(
            options,
            [New("a", Large, gateways: "inner"), New("b", Large, gateways: "inner"), New("c", Large, gateways: "inner"), New("both", Large, 1, "default", "inner")]);
        var problem = Assert.Single(plan.Bundles[Key("both")].Problems);

        Assert.Empty(Files(plan, "trust-0"));
        Assert.Contains("Gateway 'inner'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("all its gateways (default, inner)", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_name_that_no_file_can_have_is_refused(int length, bool fits)
    {
        var name = new string('n', length);
        var bundle = Plan(One, [New(name, 1000)]).Bundles[Key(name)];

        Assert.Equal(fits, bundle.Published is not null);
        Assert.Equal(fits, bundle.Problems.IsEmpty);
    }

    [Fact]
    public void Without_shards_everything_fits_under_any_name()
    {
        TranslationOptions folder = new() { Gateways = [new DeclaredGateway { Name = "default" }] };
        var plan = Plan(folder, Enumerable.Range(0, 20).Select(index => New(new string('n', 100) + index, Large)));

        Assert.Empty(plan.Shards);
        Assert.All(plan.Bundles.Values, bundle => Assert.NotNull(bundle.Published));
        Assert.All(plan.Bundles.Values, bundle => Assert.Empty(bundle.Problems));
    }

    [Fact]
    public void No_shard_is_ever_planned_beyond_its_capacity_nor_with_what_is_about_to_leave_it()
    {
        var random = new Random(20261126);
        var sizes = new Dictionary<string, (int Size, int Age)>(StringComparer.Ordinal);
        ShardPlan? before = null;

        for (var turn = 0; turn < 300; turn++)
        {
            var name = ((char)('a' + random.Next(12))).ToString();

            if (random.Next(5) == 0)
            {
                sizes.Remove(name);
            }
            else
            {
                sizes[name] = (random.Next(1, 256) * 1024, sizes.TryGetValue(name, out var known) ? known.Age : turn);
            }

            var requests = sizes.Select(pair => before?.Bundles.GetValueOrDefault(Key(pair.Key))?.Published is { } held
                ? Held(pair.Key, held.Pem.Length, pair.Value.Size, pair.Value.Age)
                : New(pair.Key, pair.Value.Size, pair.Value.Age)).ToImmutableArray();
            var now = before?.Shards ?? ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>>.Empty;
            var plan = ShardPlanner.Plan(requests, ResourceSnapshot.Empty with { Shards = now }, Result(before), Two);

            foreach (var (shard, files) in plan.Shards)
            {
                var staying = now.GetValueOrDefault(shard)?.Where(file => !files.ContainsKey(file.Key) && plan.Shards.Values.Any(other => other.ContainsKey(file.Key))) ?? [];
                Assert.True(files.Concat(staying).Sum(file => ShardFile.Size(file.Key, file.Value)) <= Shard.Capacity);
            }

            Assert.All(plan.Bundles.Values, bundle => Assert.Equal(bundle.Published is null ? 0 : 1, plan.Shards.Values.Count(files => files.ContainsKey(ShardFile.NameOf(bundle.Key)))));
            Assert.All(requests.Where(request => request.Unmoved is not null), request => Assert.NotNull(plan.Bundles[request.Wanted.Key].Published));
            Assert.Equal(Texts(plan), Texts(ShardPlanner.Plan([.. requests.Reverse()], ResourceSnapshot.Empty with { Shards = now }, Result(before), Two)));
            before = plan;
        }
    }

    private static ImmutableArray<string> Five { get; } = ["a", "b", "c", "d", "e"];

    private static TranslationOptions One { get; } = new() { Gateways = [Gateway("default", "trust-0")] };

    private static TranslationOptions Two { get; } = new() { Gateways = [Gateway("default", "trust-0", "trust-1")] };

    private static DeclaredGateway Gateway(string name, params string[] shards) => new() { Name = name, Namespace = "system", Shards = [.. shards] };

    private static ShardPlan Plan(
        TranslationOptions options,
        IEnumerable<ShardRequest> requests,
        ImmutableArray<(string Shard, string File, string Content)> now = default,
        ShardPlan? previous = null,
        string missing = "")
    {
        var shards = options.Gateways
            .SelectMany(gateway => gateway.Shards)
            .Except(missing.Split(", "))
            .ToImmutableSortedDictionary(ShardKey, shard => (now.IsDefault ? [] : now)
                .Where(file => file.Shard == shard)
                .ToImmutableSortedDictionary(file => file.File, file => file.Content, StringComparer.Ordinal));

        return ShardPlanner.Plan([.. requests], ResourceSnapshot.Empty with { Shards = shards }, Result(previous), options);
    }

    private static TranslationResult? Result(ShardPlan? plan) => plan is null ? null : Translator.Translate(
        ResourceSnapshot.Empty, FleetState.Empty, null, new TranslationOptions(), Moments.Now) with
    {
        Publication = new BundlePublication { Bundles = [], Shards = plan.Shards },
    };

    private static ShardRequest New(string name, int size, int age = 0, params string[] gateways) => new()
    {
        Created = Moments.Now.AddMinutes(age),
        Candidates = [Bundle(name, size, [Kept, Gone], gateways)],
    };

    /// <summary>Newcomers that were created before all others.</summary>
    private static IEnumerable<ShardRequest> Older(int count) => Enumerable.Range(0, count).Select(index => New($"older-{index}", Large, index - count));

    private static ShardRequest New(string name, int size, string gateways) => New(name, size, 0, gateways);

    /// <summary>One that was published with two anchors, of which the newest content has only one.</summary>
    private static ShardRequest Held(string name, int heldSize, int size, int age = 0)
    {
        var wanted = Bundle(name, size, [Kept]);
        var published = Bundle(name, heldSize, [Kept, Gone]).Published!;

        return new ShardRequest
        {
            Created = Moments.Now.AddMinutes(age),
            Candidates = [wanted],
            Unmoved = wanted with { Published = published, Pushed = [.. wanted.Pushed.Where(published.Anchors.Contains)] },
        };
    }

    private static TranslatedBundle Bundle(string name, int size, ImmutableArray<Digest> anchors, params string[] gateways)
    {
        var pem = new string('x', size);

        return new TranslatedBundle
        {
            Key = Key(name),
            State = BundleState.InForce,
            Problems = [],
            Members = [],
            Contributions = ImmutableSortedDictionary<string, ImmutableArray<BundleMember>>.Empty,
            Published = new CompiledBundle { Key = Key(name), Pem = pem, Digest = Digest.Of(Encoding.UTF8.GetBytes(pem)), Anchors = anchors },
            Pushed = anchors,
            Gateways = gateways.Length == 0 ? ["default"] : [.. gateways],
        };
    }

    private static ImmutableArray<(string Shard, string File, string Content)> Now(string shard, string bundle, int size) =>
        [(shard, $"shop.{bundle}.pem", new string('x', size))];

    private static IEnumerable<string> Files(ShardPlan plan, string shard) => plan.Shards[ShardKey(shard)].Keys;

    private static string Texts(ShardPlan plan) =>
        string.Join('\n', plan.Shards.SelectMany(shard => shard.Value.Select(file => $"{shard.Key} {file.Key} {file.Value.Length}")));

    private static ResourceKey Key(string name) => new("shop", name);

    private static ResourceKey ShardKey(string name) => new("system", name);

    private static Digest Anchor(string name) => Digest.Of(Encoding.UTF8.GetBytes(name));
}
