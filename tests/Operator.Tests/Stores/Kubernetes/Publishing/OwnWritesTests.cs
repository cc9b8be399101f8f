using Portcullis.Contract;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Kubernetes.Publishing;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing;

public sealed class OwnWritesTests
{
    private static readonly ObjectRef Shard = new("ConfigMap", new ResourceKey("edge", "trust-0"));
    private readonly OwnWrites<string> own = new();

    [Fact]
    public void What_the_watch_shows_counts_until_we_write() => Assert.Equal(At("1"), own.Newest(Shard, At("1")));

    [Fact]
    public void Our_write_counts_while_the_watch_shows_what_it_replaced()
    {
        own.Wrote(Shard, At("1"), At("2"));
        own.Wrote(Shard, At("2"), At("3"));

        Assert.Equal(At("3"), own.Newest(Shard, At("1")));
        Assert.Equal(At("3"), own.Newest(Shard, At("2")));
    }

    [Fact]
    public void Somebody_elses_later_write_counts_more_than_ours()
    {
        own.Wrote(Shard, At("1"), At("2"));

        Assert.Equal(At("7"), own.Newest(Shard, At("7")));

        // It was not an illusion: what we knew before is forgotten.
        Assert.Equal(At("1"), own.Newest(Shard, At("1")));
    }

    [Fact]
    public void An_object_that_was_made_anew_has_nothing_of_ours()
    {
        own.Wrote(Shard, At("1"), At("2"));

        Assert.Equal(At("1", "another"), own.Newest(Shard, At("1", "another")));
    }

    [Fact]
    public void An_object_that_is_gone_stays_gone()
    {
        own.Wrote(Shard, At("1"), At("2"));

        Assert.Null(own.Newest(Shard, null));
    }

    [Fact]
    public void What_nobody_writes_any_more_is_forgotten()
    {
        own.Wrote(Shard, At("1"), At("2"));

        own.Keep(new HashSet<ObjectRef>());

        Assert.Equal(At("1"), own.Newest(Shard, At("1")));
    }

    private static AtHand<string> At(string version, string uid = "u") => new(uid, version, $"content of {version}");
}
