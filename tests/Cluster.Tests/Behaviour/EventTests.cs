using System.Net;
using System.Text.Json.Nodes;
using Portcullis.Cluster.Tests.Behaviour.Kit;

namespace Portcullis.Cluster.Tests.Behaviour;

/// <summary>Events, in their newer form.</summary>
public sealed class EventTests(BehaviourCluster cluster)
{
    private readonly ApiClient api = cluster.Api;

    [Fact]
    public async Task An_event_is_read_in_both_forms()
    {
        var ns = await cluster.NamespaceAsync();

        _ = (await api.CreateAsync(Path(ns), Event(ns))).Good;

        var newer = (await api.GetAsync($"{Path(ns)}/a")).Good;
        var older = (await api.GetAsync($"/api/v1/namespaces/{ns}/events/a")).Good;
        Assert.Equal("Programmed by 3 gateways. 2026-01-02T03:04:05.000000Z", $"{newer.Text("note")} {newer.Text("eventTime")}");
        Assert.Equal("Programmed by 3 gateways. BackendRoute", $"{older.Text("message")} {older.Text("involvedObject", "kind")}");
        Assert.Equal("portcullis.dev/operator", older.Text("reportingComponent"));
    }

    [Fact]
    public async Task An_event_says_when_who_what_and_why()
    {
        var ns = await cluster.NamespaceAsync();

        foreach (var field in new[] { "eventTime", "reportingController", "reportingInstance", "action", "reason", "type" })
        {
            (await api.CreateAsync(Path(ns), Event(ns).With(happened => happened.Remove(field)))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
        }

        (await api.CreateAsync(Path(ns), Event(ns).With(happened => happened["eventTime"] = "2026-01-02T03:04:05Z"))).Refused(HttpStatusCode.BadRequest, "BadRequest");
        (await api.CreateAsync(Path(ns), Event(ns).With(happened => happened["note"] = new string('x', 1025)))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
    }

    [Fact]
    public async Task An_event_about_what_has_no_namespace_lives_in_the_default_one()
    {
        var ns = await cluster.NamespaceAsync();

        (await api.CreateAsync(Path(ns), Event(ns).With(happened => happened["regarding"]!.AsObject().Remove("namespace")))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
    }

    private static string Path(string ns) => $"/apis/events.k8s.io/v1/namespaces/{ns}/events";

    private JsonObject Event(string ns) => Json.Parse($$$"""
        {"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "a"}, "eventTime": "2026-01-02T03:04:05.000000Z",
         "reportingController": "portcullis.dev/operator", "reportingInstance": "operator-0", "action": "Translate", "reason": "Programmed", "type": "Normal",
         "note": "Programmed by 3 gateways.",
         "regarding": {"apiVersion": "{{{cluster.Group}}}/v1alpha1", "kind": "BackendRoute", "name": "app", "namespace": "{{{ns}}}"} }
        """);
}
