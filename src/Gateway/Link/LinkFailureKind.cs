namespace Portcullis.Gateway.Link;

/// <summary>What a stream's end says about the operator.</summary>
internal enum LinkFailureKind
{
    /// <summary>Trying again may heal it.</summary>
    Passing,

    /// <summary>Trying again will not heal it.</summary>
    SomeoneMustAct,

    /// <summary>A standby answered; another replica leads, or will in a moment.</summary>
    NotLeading,

    /// <summary>Nothing is wrong: the time this call was admitted for is over.</summary>
    CallAgain,
}
