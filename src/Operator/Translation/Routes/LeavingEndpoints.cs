namespace Portcullis.Operator.Translation.Routes;

/// <summary>When endpoints that still serve but are about to end are of use.</summary>
internal enum LeavingEndpoints
{
    WhenNoneIsReady,

    /// <summary>For what they have begun.</summary>
    AsWell,
}
