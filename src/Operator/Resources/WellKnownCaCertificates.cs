namespace Portcullis.Operator.Resources;

/// <summary>Trust sets that need no reference.</summary>
public enum WellKnownCaCertificates
{
    System,
}
