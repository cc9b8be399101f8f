namespace Portcullis.Operator.Resources;

/// <summary>Keeps one client on one endpoint.</summary>
public sealed record SessionPersistence
{
    public SessionPersistenceType Type { get; init; } = SessionPersistenceType.Cookie;

    public string? SessionName { get; init; }

    public string? AbsoluteTimeout { get; init; }
}
