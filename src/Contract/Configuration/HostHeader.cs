using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>The Host (or :authority) a backend sees; never its SNI or its verified name.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Preserve), "Preserve")]
[JsonDerivedType(typeof(Backend), "Backend")]
[JsonDerivedType(typeof(Literal), "Literal")]
public abstract record HostHeader
{
    /// <summary>As the client sent it.</summary>
    public sealed record Preserve : HostHeader;

    /// <summary>The endpoint's server name, else its host and port.</summary>
    public sealed record Backend : HostHeader;

    public sealed record Literal(string Value) : HostHeader;
}
