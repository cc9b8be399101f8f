using System.Collections.Immutable;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>What a value may consist of, and how its parts are owned. Shapes of built-in kinds can contain themselves, so parts are made when asked for.</summary>
internal sealed class FieldShape
{
    private readonly Lazy<ImmutableSortedDictionary<string, FieldShape>> fields;
    private readonly Lazy<FieldShape?> element;

    private FieldShape(ShapeKind kind, Func<IEnumerable<KeyValuePair<string, FieldShape>>>? fields = null, Func<FieldShape?>? element = null)
    {
        Kind = kind;
        this.fields = new(() => (fields?.Invoke() ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal));
        this.element = new(element ?? (() => null));
    }

    public static FieldShape Anything { get; } = new(ShapeKind.Anything);

    public ShapeKind Kind { get; }

    public ScalarKind Scalar { get; private init; }

    public ListKind List { get; private init; }

    /// <summary>What tells the items of a list-map apart.</summary>
    public ImmutableArray<string> Keys { get; private init; } = [];

    /// <summary>An object or map that has one owner for all of it.</summary>
    public bool IsAtomic { get; private init; }

    public ImmutableSortedDictionary<string, FieldShape> Fields => fields.Value;

    /// <summary>The shape of a list's items or a map's values; null for other shapes.</summary>
    public FieldShape? Element => element.Value;

    /// <summary>True when it is owned whole.</summary>
    public bool IsLeaf => Kind is ShapeKind.Scalar or ShapeKind.Anything || IsAtomic || (Kind == ShapeKind.List && List == ListKind.Atomic);

    public static FieldShape OfScalar(ScalarKind scalar) => new(ShapeKind.Scalar) { Scalar = scalar };

    public static FieldShape OfObject(Func<IEnumerable<KeyValuePair<string, FieldShape>>> fields, bool atomic = false) =>
        new(ShapeKind.Object, fields) { IsAtomic = atomic };

    public static FieldShape OfMap(Func<FieldShape?> element, bool atomic = false) => new(ShapeKind.Map, element: element) { IsAtomic = atomic };

    public static FieldShape OfList(Func<FieldShape?> element, ListKind list, params ImmutableArray<string> keys) =>
        new(ShapeKind.List, element: element) { List = list, Keys = keys };

    /// <summary>The shape of a field, or null when it is unknown here.</summary>
    public FieldShape? Of(string field) => Kind == ShapeKind.Map ? Element : Fields.GetValueOrDefault(field);
}
