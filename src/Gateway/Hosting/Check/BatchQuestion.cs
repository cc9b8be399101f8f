using System.Text.Json.Serialization;

namespace Portcullis.Gateway.Hosting.Check;

/// <summary>One line of <c>gateway check --batch</c>. Members must be written out even when null, so that a typo is not an answer.</summary>
internal sealed record BatchQuestion
{
    public required string[] Trusted { get; init; }

    public required string[] Intermediates { get; init; }

    public required string Leaf { get; init; }

    /// <summary><c>dns</c> or <c>ip</c>; null asks about the chain alone.</summary>
    public required string? NameKind { get; init; }

    /// <summary>Null exactly when <see cref="NameKind"/> is.</summary>
    public required string? Name { get; init; }

    /// <summary>Null means now.</summary>
    [JsonPropertyName("at")]
    public DateTimeOffset? At { get; init; }
}
