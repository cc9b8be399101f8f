namespace Portcullis.Operator.Resources;

/// <summary>What carries the session.</summary>
public enum SessionPersistenceType
{
    Cookie,
}
