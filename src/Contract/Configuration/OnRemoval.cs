namespace Portcullis.Contract.Configuration;

/// <summary>What becomes of running requests when the trust under their connection is removed.</summary>
public enum OnRemoval
{
    /// <summary>They may finish within the drain time.</summary>
    Drain,

    /// <summary>Their connections are closed at once.</summary>
    Close,
}
