using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Translation.Gateways;

namespace Portcullis.Operator.Tests.Translation.Gateways;

public sealed class BundleUseTests
{
    private static readonly ResourceKey Old = new("shop", "old");
    private static readonly ResourceKey New = new("shop", "new");
    private static readonly ImmutableHashSet<ResourceKey> Both = [Old, New];
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    [Trait("Promise", "P7")]
    public void A_bundle_that_no_route_needs_any_more_stays_while_a_gateway_may_wait_for_its_successor()
    {
        var moved = BundleUse.None.Next([Old], Both, Start).Next([New], Both, Start.AddMinutes(10));
        var later = moved.Next([New], Both, Start.AddMinutes(11.9));
        var over = later.Next([New], Both, Start.AddMinutes(12));

        Assert.Equal([New, Old], moved.All);
        Assert.Equal(Start.AddMinutes(12), moved.NextChange);
        Assert.Equal([New, Old], later.All);
        Assert.Equal([New], over.All);
        Assert.Null(over.NextChange);
    }

    [Fact]
    [Trait("Promise", "P3")]
    public void A_bundle_that_was_deleted_does_not_stay()
    {
        var moved = BundleUse.None.Next([Old], Both, Start).Next([New], ImmutableHashSet.Create(New), Start.AddMinutes(10));

        Assert.Equal([New], moved.All);
    }

    [Fact]
    public void A_bundle_that_is_used_again_is_kept_for_its_own_sake()
    {
        var again = BundleUse.None.Next([Old], Both, Start).Next([], Both, Start.AddMinutes(1)).Next([Old], Both, Start.AddMinutes(2));

        Assert.Equal([Old], again.Used);
        Assert.Empty(again.Left);
    }
}
