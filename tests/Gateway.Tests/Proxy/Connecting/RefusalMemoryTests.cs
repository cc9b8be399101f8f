using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Connecting;

namespace Portcullis.Gateway.Tests.Proxy.Connecting;

public sealed class RefusalMemoryTests
{
    private static readonly ConnectRefusal Refused = ConnectRefusal.Of(new Verdict.Refused(VerdictReason.UnknownAuthority) { Evidence = new Evidence() });

    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_refusal_is_kept_for_a_second_and_each_further_one_twice_as_long_up_to_ten()
    {
        var memory = new RefusalMemory(time);

        foreach (var seconds in new[] { 1, 2, 4, 8, 10, 10 })
        {
            Assert.True(memory.Keep(Refused, memory.Generation, growing: true));

            time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.Same(Refused, memory.Recall());
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Null(memory.Recall());
        }
    }

    [Fact]
    public void Many_refusals_at_once_count_as_one()
    {
        var memory = new RefusalMemory(time);

        for (var i = 0; i < 100; i++)
        {
            memory.Keep(Refused, memory.Generation, growing: true);
        }

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(memory.Recall());
    }

    [Fact]
    public void An_endpoint_that_does_not_answer_is_asked_again_every_second()
    {
        var memory = new RefusalMemory(time);

        for (var i = 0; i < 5; i++)
        {
            memory.Keep(Refused, memory.Generation, growing: false);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(memory.Recall());
        }
    }

    [Fact]
    public void An_accepted_endpoint_starts_over()
    {
        var memory = new RefusalMemory(time);
        memory.Keep(Refused, memory.Generation, growing: true);
        time.Advance(TimeSpan.FromSeconds(1));
        memory.Keep(Refused, memory.Generation, growing: true);

        memory.Clear();
        memory.Keep(Refused, memory.Generation, growing: true);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(memory.Recall());
    }

    [Fact]
    [Trait("Promise", "P2")]
    public void An_answer_to_a_question_asked_under_older_trust_is_not_kept()
    {
        var memory = new RefusalMemory(time);
        var asked = memory.Generation;

        memory.Forget();

        Assert.False(memory.Keep(Refused, asked, growing: true));
        Assert.Null(memory.Recall());
    }
}
