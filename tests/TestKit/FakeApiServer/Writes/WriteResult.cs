using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>What a write left behind, and what the writer should be warned of.</summary>
internal sealed record WriteResult(JsonObject Content, bool Created)
{
    public ImmutableArray<string> Warnings { get; init; } = [];
}
