namespace Portcullis.Demo.Scenarios;

/// <summary>The TrustBundles of the demo.</summary>
internal static class DemoBundles
{
    /// <summary>The company's root, and nothing else.</summary>
    public const string Company = "company-root";

    /// <summary>The certificate that one appliance made for itself.</summary>
    public const string Appliance = "appliance";
}
