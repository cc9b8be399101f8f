using System.Text.Json;
using Portcullis.Contract;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Kubernetes.Publishing.Statuses;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing.Statuses;

public sealed class StatusConditionsTests
{
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero).AddTicks(1234567);

    [Fact]
    public void A_condition_that_stays_keeps_its_time_and_one_that_turns_has_its_own()
    {
        var stored = Status(("Accepted", "True", Now), ("Ready", "True", Now));
        var composed = Status(("Accepted", "True", Now.AddMinutes(1)), ("Ready", "False", Now.AddMinutes(1)), ("Stalled", "True", Now.AddMinutes(1)));

        var kept = composed.WithTimesOf(stored).Conditions();

        Assert.Equal([Now, Now.AddMinutes(1), Now.AddMinutes(1)], kept.Select(condition => condition.LastTransitionTime));
    }

    [Fact]
    public void Without_a_stored_status_everything_is_as_composed()
    {
        var composed = Status(("Accepted", "True", Now));

        Assert.Equal(StatusJson.Canonical(composed), StatusJson.Canonical(composed.WithTimesOf(null)));
    }

    [Fact]
    public void Times_are_written_as_the_API_server_has_them_and_read_back_the_same()
    {
        var composed = Status(("Accepted", "True", Now.ToOffset(TimeSpan.FromHours(2))));
        Assert.Contains("\"lastTransitionTime\":\"2026-05-04T03:02:01Z\"", StatusJson.Canonical(composed), StringComparison.Ordinal);

        using var answer = JsonDocument.Parse($$$"""{"metadata":{"uid":"u","resourceVersion":"2"},"status":{{{StatusJson.Of(composed).ToJsonString()}}}}""");

        Assert.Equal(StatusJson.Canonical(composed), StatusJson.Canonical(StatusJson.AtHand(answer.RootElement, composed)!.Content));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"metadata":{"uid":"u","resourceVersion":"2"},"status":{"conditions":"none"}}""")]
    public void An_answer_that_cannot_be_read_is_no_knowledge(string text)
    {
        using var answer = JsonDocument.Parse(text);

        Assert.Null(StatusJson.AtHand(answer.RootElement, Status()));
    }

    private static ResourceStatus.OfRoute Status(params (string Type, string Status, DateTimeOffset Since)[] conditions) => new ResourceStatus.OfRoute(
        new ResourceKey("shop", "web"),
        new BackendRouteStatus
        {
            Conditions =
            [
                .. conditions.Select(condition => new Condition
                {
                    Type = condition.Type,
                    Status = condition.Status,
                    Reason = "Whatever",
                    Message = "",
                    LastTransitionTime = condition.Since,
                }),
            ],
        });
}
