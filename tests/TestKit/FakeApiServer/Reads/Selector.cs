using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>Which objects of a kind a list or a watch is about.</summary>
internal sealed record Selector(ImmutableArray<Requirement> Labels, ImmutableArray<Requirement> Fields)
{
    private static readonly ImmutableHashSet<(string Kind, string Field)> ServedElsewhere =
    [
        ("Secret", "type"), ("Namespace", "status.phase"), ("Pod", "spec.nodeName"), ("Pod", "status.phase"), ("Pod", "spec.serviceAccountName"),
        ("Event", "involvedObject.name"), ("Event", "involvedObject.uid"), ("Event", "involvedObject.kind"), ("Event", "reason"), ("Event", "type"),
        ("Event", "regarding.name"), ("Event", "regarding.uid"), ("Event", "regarding.kind"),
    ];

    public bool IsEmpty => Labels.IsEmpty && Fields.IsEmpty;

    /// <summary>The only object that can match; null when there can be several. With it a list falls under a role's <c>resourceNames</c>.</summary>
    public string? Name => Fields.FirstOrDefault(term => term is { Key: "metadata.name", Operator: RequirementOperator.Equal })?.Value;

    public static Selector Parse(string labels, string fields, ResourceKind kind)
    {
        var selector = new Selector(Requirement.ParseAll(labels), Requirement.ParseAll(fields));

        foreach (var field in selector.Fields)
        {
            if (ServedElsewhere.Contains((kind.Kind, field.Key)))
            {
                throw Failures.NotImplemented($"the field selector '{field.Key}' of {kind.Plural}");
            }

            if (field.Key is not ("metadata.name" or "metadata.namespace"))
            {
                throw Failures.BadRequest(
                    $"Unable to find \"{kind.ApiVersion}, Resource={kind.Plural}\" that match label selector \"{labels}\", field selector \"{fields}\": field label not supported: {field.Key}");
            }
        }

        return selector;
    }

    public bool Matches(JsonObject content) =>
        Labels.All(label => label.Holds((content.At("metadata", "labels") as JsonObject)?[label.Key] is { } value ? value.Text() : null))
        && Fields.All(field => field.Holds(content.Text([.. field.Key.Split('.')])));
}
