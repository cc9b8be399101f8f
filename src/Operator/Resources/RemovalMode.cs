namespace Portcullis.Operator.Resources;

/// <summary>What happens to connections whose anchor was removed.</summary>
public enum RemovalMode
{
    Drain,
    Close,
}
