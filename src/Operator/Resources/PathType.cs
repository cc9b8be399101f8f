namespace Portcullis.Operator.Resources;

/// <summary>How a path is compared: whole, or element by element from the start.</summary>
public enum PathType
{
    Exact,
    PathPrefix,
}
