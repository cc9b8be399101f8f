using System.Collections.Immutable;

namespace Portcullis.Operator.Cluster;

/// <summary>What one list and its watch are about: a kind, all of it or what these narrow it to.</summary>
/// <param name="Kind">Of the objects.</param>
/// <param name="Namespace">Null for all.</param>
/// <param name="Name">Null for all. A role that names its resources permits reading by name.</param>
/// <param name="Label">As <c>name=value</c>; null for all.</param>
internal sealed record ObjectSelection(ApiKind Kind, string? Namespace = null, string? Name = null, string? Label = null)
{
    public string Path => Kind.Path(Namespace);

    /// <summary>What narrows it, as a query.</summary>
    public ImmutableArray<(string Name, string Value)> Query =>
    [
        .. Name is null ? ImmutableArray<(string, string)>.Empty : [("fieldSelector", $"metadata.name={Name}")],
        .. Label is null ? ImmutableArray<(string, string)>.Empty : [("labelSelector", Label)],
    ];

    /// <summary>As it is read in a sentence.</summary>
    public override string ToString() => (Namespace, Name) switch
    {
        (null, null) => $"every {Kind.Name}{Labelled}",
        ({ } ns, null) => $"every {Kind.Name}{Labelled} in namespace '{ns}'",
        (null, { } name) => $"{Kind.Name} '{name}'",
        ({ } ns, { } name) => $"{Kind.Name} '{ns}/{name}'",
    };

    private string Labelled => Label is null ? "" : $" with {Label}";
}
