using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.Operator.Stores.Manifests.Validation;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>One kind as it is served: its names, how it is stored, and what makes an object of it a good one.</summary>
internal sealed record ResourceKind
{
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public string Singular { get; init; } = "";

    public ImmutableArray<string> ShortNames { get; init; } = [];

    public ImmutableArray<string> Categories { get; init; } = [];

    public required bool Namespaced { get; init; }

    /// <summary>Served only for POST and stored nowhere, such as a TokenReview.</summary>
    public bool IsVirtual { get; init; }

    public bool HasStatus { get; init; }

    public bool IsBuiltIn => Schema is null;

    /// <summary>True when an update may leave out the version it is based on.</summary>
    public bool AllowsUnconditionalUpdate { get; init; } = true;

    /// <summary>True when PUT makes what does not exist.</summary>
    public bool AllowsCreateOnUpdate { get; init; }

    /// <summary>True when each change of what is declared counts up <c>metadata.generation</c>.</summary>
    public bool CountsGenerations { get; init; }

    /// <summary>Where objects are kept; two kinds with the same place are two views of the same objects.</summary>
    public required string Storage { get; init; }

    public required FieldShape Shape { get; init; }

    /// <summary>Of a custom resource; null for built-in kinds.</summary>
    public SchemaNode? Schema { get; init; }

    /// <summary>When it began to be served: older versions cannot be watched.</summary>
    public long Since { get; init; }

    /// <summary>Fills what was left out.</summary>
    public Action<JsonObject> Complete { get; init; } = _ => { };

    /// <summary>What is wrong with an object that replaces another, which is null when it is new.</summary>
    public Func<JsonObject, JsonObject?, IEnumerable<FieldFault>> Check { get; init; } = (_, _) => [];

    /// <summary>This view of a stored object.</summary>
    public Func<JsonObject, JsonObject> FromStorage { get; init; } = stored => stored;

    /// <summary>The stored form of an object in this view.</summary>
    public Func<JsonObject, JsonObject> ToStorage { get; init; } = written => written;

    public string ListKind => $"{Kind}List";

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As messages name it: <c>leases.coordination.k8s.io</c>.</summary>
    public string Qualified => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public override string ToString() => $"{ApiVersion} {Kind}";
}
