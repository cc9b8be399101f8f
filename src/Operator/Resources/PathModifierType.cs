namespace Portcullis.Operator.Resources;

/// <summary>How a path is changed.</summary>
public enum PathModifierType
{
    ReplaceFullPath,
    ReplacePrefixMatch,
}
