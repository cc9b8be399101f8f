using System.Collections.Immutable;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Kubernetes.Publishing.Events;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing.Events;

public sealed class TransitionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    private static readonly ImmutableArray<Condition> Healthy =
    [
        Of("Accepted", "True", "Accepted"), Of("ResolvedRefs", "True", "ResolvedRefs"), Of("Programmed", "True", "Programmed"), Of("BackendsVerified", "True", "Verified"),
        Of("Ready", "True", "Ready"),
    ];

    [Fact]
    public void A_healthy_object_at_first_sight_is_no_news() => Assert.Empty(Transitions.Between([], Healthy));

    [Fact]
    public void What_stays_is_no_news_in_whatever_words() =>
        Assert.Empty(Transitions.Between(
            [Of("Accepted", "False", "Invalid", "one"), Of("Ready", "False", "Invalid", "one")],
            [Of("Accepted", "False", "Invalid", "two"), Of("Ready", "False", "Invalid", "two")]));

    [Theory]
    [InlineData("Accepted", "Conflicted")]
    [InlineData("ResolvedRefs", "BackendNotFound")]
    [InlineData("BackendsVerified", "UnknownAuthority")]
    [InlineData("Ready", "Rejected")]
    public void What_stops_being_so_is_a_warning_in_its_own_words(string condition, string reason)
    {
        var transition = Assert.Single(Transitions.Between(Healthy, With(Healthy, Of(condition, "False", reason, "PC2001 says why."))));

        Assert.Equal(new Transition(true, condition, reason, "PC2001 says why.", Now), transition);
    }

    [Theory]
    [InlineData("Accepted")]
    [InlineData("ResolvedRefs")]
    [InlineData("BackendsVerified")]
    [InlineData("Ready")]
    public void What_becomes_so_again_is_told(string condition)
    {
        var transition = Assert.Single(Transitions.Between(With(Healthy, Of(condition, "False", "Whatever")), Healthy));

        Assert.False(transition.IsWarning);
        Assert.Equal(condition, transition.Condition);
    }

    [Fact]
    public void A_resource_that_is_refused_at_first_sight_is_told_once()
    {
        var transition = Assert.Single(Transitions.Between([], [Of("Accepted", "False", "Invalid", "why"), Of("Ready", "False", "Invalid", "why")]));

        Assert.Equal("Accepted", transition.Condition);
    }

    [Fact]
    public void A_rejection_by_gateways_is_a_warning_also_when_the_route_was_only_pending()
    {
        var transition = Assert.Single(Transitions.Between(
            [Of("Programmed", "False", "Pending"), Of("Ready", "False", "Pending")],
            [Of("Programmed", "False", "Rejected", "why"), Of("Ready", "False", "Rejected", "why")]));

        Assert.Equal(("Programmed", "Rejected", true), (transition.Condition, transition.Reason, transition.IsWarning));
    }

    [Fact]
    public void Being_on_the_way_is_no_news_and_arriving_is_none_either()
    {
        var pending = With(With(Healthy, Of("Programmed", "False", "Pending")), Of("Ready", "False", "Pending"));

        Assert.Empty(Transitions.Between(Healthy, pending));
        Assert.Empty(Transitions.Between(pending, Healthy));
    }

    [Fact]
    public void A_backend_that_was_never_asked_and_proves_itself_is_no_news() =>
        Assert.Empty(Transitions.Between(With(Healthy, Of("BackendsVerified", "Unknown", "NotProbed")), Healthy));

    private static ImmutableArray<Condition> With(ImmutableArray<Condition> conditions, Condition other) =>
        [.. conditions.Select(condition => condition.Type == other.Type ? other : condition)];

    private static Condition Of(string type, string status, string reason, string message = "text") =>
        new() { Type = type, Status = status, Reason = reason, Message = message, LastTransitionTime = Now };
}
