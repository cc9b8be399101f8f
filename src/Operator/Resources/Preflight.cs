namespace Portcullis.Operator.Resources;

/// <summary>Whether a changed bundle is tried against running backends first.</summary>
public enum Preflight
{
    Off,
    Warn,
    Enforce,
}
