using System.Collections.Immutable;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>The kinds that are served at this moment: built-in ones, and those whose definitions are installed.</summary>
internal sealed record KindTable(ImmutableArray<ResourceKind> All)
{
    public static KindTable BuiltIn { get; } = new(BuiltInKinds.All);

    public IEnumerable<string> Groups => All.Select(kind => kind.Group).Where(group => group.Length > 0).Distinct();

    public ResourceKind? Find(string group, string version, string plural) =>
        All.FirstOrDefault(kind => kind.Group == group && kind.Version == version && kind.Plural == plural);

    /// <summary>By the name of the kind alone: <c>BackendRoute</c>. An Event is the newer one.</summary>
    public ResourceKind? Find(string kind) => All.LastOrDefault(known => known.Kind == kind);

    public ResourceKind? OfObject(string apiVersion, string kind) => All.FirstOrDefault(known => known.ApiVersion == apiVersion && known.Kind == kind);

    public IEnumerable<ResourceKind> Of(string group, string version) => All.Where(kind => kind.Group == group && kind.Version == version);

    public KindTable With(ResourceKind custom) => new(Without(custom.Storage).All.Add(custom));

    public KindTable Without(string definition) => new(All.RemoveAll(kind => !kind.IsBuiltIn && kind.Storage == definition));
}
