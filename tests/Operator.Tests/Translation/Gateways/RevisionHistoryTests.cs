using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Translation.Gateways;

namespace Portcullis.Operator.Tests.Translation.Gateways;

public sealed class RevisionHistoryTests
{
    private static readonly BundleEntry One = Bundle("one", "a");
    private static readonly BundleEntry Two = Bundle("two", "a");

    [Fact]
    public void An_older_acknowledgement_counts_for_entries_that_did_not_change_since()
    {
        var before = GatewayConfiguration.Of([One, Two]);
        var after = GatewayConfiguration.Of([One, Bundle("two", "b")]);

        var history = RevisionHistory.Empty.With(before).With(after);

        Assert.True(history.Holds(before.Revision, One.Key));
        Assert.False(history.Holds(before.Revision, Two.Key));
        Assert.True(history.Holds(after.Revision, Two.Key));
    }

    [Fact]
    public void An_entry_that_changed_and_changed_back_counts_where_it_was_the_same()
    {
        var first = GatewayConfiguration.Of([One]);
        var second = GatewayConfiguration.Of([Bundle("one", "b")]);

        var history = RevisionHistory.Empty.With(first).With(second).With(first);

        Assert.True(history.Holds(first.Revision, One.Key));
        Assert.False(history.Holds(second.Revision, One.Key));
    }

    [Fact]
    public void A_revision_that_was_never_pushed_or_is_forgotten_counts_for_nothing()
    {
        var history = RevisionHistory.Empty.With(GatewayConfiguration.Of([One]));
        var first = history.Revisions[0];

        for (var index = 0; index < 300; index++)
        {
            history = history.With(GatewayConfiguration.Of([One, Bundle("two", $"{index}")]));
        }

        Assert.False(history.Holds(Digest.Of([1]), One.Key));
        Assert.False(history.Holds(first, One.Key));
        Assert.True(history.Holds(history.Revisions[0], One.Key));
        Assert.Equal(256, history.Revisions.Length);
    }

    [Fact]
    public void An_entry_that_is_not_in_the_configuration_is_held_by_nobody()
    {
        var configuration = GatewayConfiguration.Of([One]);

        Assert.False(RevisionHistory.Empty.With(configuration).Holds(configuration.Revision, Two.Key));
    }

    private static BundleEntry Bundle(string name, string content) =>
        new() { Bundle = new ResourceKey("shop", name), Digest = Digest.Of(System.Text.Encoding.UTF8.GetBytes(content)), Anchors = [] };
}
