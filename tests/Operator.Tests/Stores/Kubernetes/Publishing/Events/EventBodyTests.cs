using System.Text;
using System.Text.Json;
using k8s;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Stores.Kubernetes.Publishing.Events;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing.Events;

public sealed class EventBodyTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
    private static readonly EventSubject Subject = new(ApiKind.BackendRoute, new ResourceKey("shop", "web"), "uid-1", "42");
    private static readonly Transition Refused = new(true, "BackendsVerified", "UnknownAuthority", "PC2001 backend 'web': signed by nobody we know.", Now);

    [Fact]
    public void It_is_about_this_very_object_and_says_who_saw_it()
    {
        var body = Read(EventBody.Of(Subject, Refused, "operator-0", Now));

        Assert.Equal(("shop", "Warning", "UnknownAuthority", Refused.Text), (body.Metadata.NamespaceProperty, body.Type, body.Reason, body.Note));
        Assert.Equal(("portcullis.dev/operator", "operator-0", "VerifyBackends"), (body.ReportingController, body.ReportingInstance, body.Action));
        Assert.Equal(
            ("portcullis.dev/v1alpha1", "BackendRoute", "shop", "web", "uid-1"),
            (body.Regarding.ApiVersion, body.Regarding.Kind, body.Regarding.NamespaceProperty, body.Regarding.Name, body.Regarding.Uid));
    }

    [Theory]
    [InlineData(0, "2026-05-04T03:02:01.000000Z")]
    [InlineData(1234567, "2026-05-04T03:02:01.123456Z")]
    public void Its_time_has_exactly_six_digits_of_a_fraction(long ticks, string expected) =>
        Assert.Equal(expected, EventBody.MicroTime(Now.AddTicks(ticks).ToOffset(TimeSpan.FromHours(2))));

    [Fact]
    public void The_same_transition_has_the_same_name_and_another_has_another()
    {
        var name = NameOf(Subject, Refused);

        Assert.StartsWith("web.", name, StringComparison.Ordinal);
        Assert.Equal(name, NameOf(Subject with { ResourceVersion = "43" }, Refused));
        Assert.NotEqual(name, NameOf(Subject with { Uid = "uid-2" }, Refused));
        Assert.NotEqual(name, NameOf(Subject, Refused with { Since = Now.AddSeconds(1) }));
        Assert.NotEqual(name, NameOf(Subject, Refused with { IsWarning = false }));
    }

    [Fact]
    public void The_name_of_a_long_name_is_still_a_name()
    {
        var name = NameOf(Subject with { Key = new ResourceKey("shop", new string('a', 229) + "." + new string('b', 23)) }, Refused);

        Assert.InRange(name.Length, 1, 253);
        Assert.DoesNotContain("..", name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_note_is_cut_between_words_within_one_kibibyte()
    {
        var note = EventBody.Note(string.Join(' ', Enumerable.Repeat("überlänge", 200)));

        Assert.InRange(Encoding.UTF8.GetByteCount(note), 1000, 1024);
        Assert.EndsWith(" überlänge …", note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_note_that_fits_stays_as_it_is() => Assert.Equal(new string('x', 1024), EventBody.Note(new string('x', 1024)));

    [Fact]
    public void A_single_endless_word_is_cut_between_characters()
    {
        var note = EventBody.Note(new string('é', 2000));

        Assert.InRange(Encoding.UTF8.GetByteCount(note), 1020, 1024);
        Assert.DoesNotContain('\uFFFD', note);
    }

    private static string NameOf(EventSubject subject, Transition transition) => Read(EventBody.Of(subject, transition, "operator-0", Now)).Metadata.Name;

    private static Eventsv1Event Read(System.Text.Json.Nodes.JsonObject body) => KubernetesJson.Deserialize<Eventsv1Event>(JsonSerializer.Serialize(body));
}
