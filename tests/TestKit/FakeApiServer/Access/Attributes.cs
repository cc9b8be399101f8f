namespace Portcullis.TestKit.FakeApiServer.Access;

/// <summary>What a request wants to do, as roles speak of it.</summary>
internal sealed record Attributes
{
    public required string Verb { get; init; }

    public string Group { get; init; } = "";

    /// <summary>Plural, with its subresource: <c>pods/status</c>. Empty for a path that is no resource.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Empty for all namespaces, and for what belongs to the cluster.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Empty when it is about no object in particular.</summary>
    public string Name { get; init; } = "";

    public string Path { get; init; } = "";
}
