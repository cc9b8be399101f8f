namespace Portcullis.Operator.Resources;

/// <summary>What happens to a path with an encoded slash.</summary>
public enum EncodedSlashes
{
    Refuse,
    Keep,
}
