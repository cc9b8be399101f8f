namespace Portcullis.Operator.Resources;

/// <summary>What stands in the place of a declaration that could not be read.</summary>
public enum StandIn
{
    /// <summary>The last version that could be read: it serves on.</summary>
    LastGood,

    /// <summary>Names only, for want of any version that could be read: nothing is to be served by it, and nothing it names is to be taken away.</summary>
    Outline,
}
