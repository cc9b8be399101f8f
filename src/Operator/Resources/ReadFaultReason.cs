namespace Portcullis.Operator.Resources;

/// <summary>Why something was never read.</summary>
public enum ReadFaultReason
{
    /// <summary>It was asked for and has not been answered yet.</summary>
    NotAnswered,

    /// <summary>The operator may not read it.</summary>
    Forbidden,

    /// <summary>The API server does not know the kind.</summary>
    KindMissing,

    /// <summary>It is there and this operator cannot read it.</summary>
    Undecodable,
}
