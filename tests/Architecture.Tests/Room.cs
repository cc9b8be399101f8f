using System.Collections.Immutable;

namespace Portcullis.Architecture.Tests;

/// <summary>One row of the room table in ARCHITECTURE.md.</summary>
internal sealed record Room(string Name, ImmutableArray<string> Imports, ImmutableArray<string> Touches)
{
    public const string Everything = "everything";

    public bool MayImport(Room other) =>
        other == this
        || other.Name.Split('.')[0] == "Contract"
        || Imports.Contains(Everything)
        || Imports.Contains(other.Name);

    public bool MayTouch(string what) =>
        Touches.Contains(Everything)
        || Touches.Contains(what)
        || (what is "tasks" or "log" && !Touches.Contains("nothing"));
}
