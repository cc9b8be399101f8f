using Portcullis.Contract;

namespace Portcullis.Operator.Identity;

/// <summary>Where the operator's authority is kept in a cluster, and which Service its certificate is for.</summary>
/// <param name="Service">Headless; gateways dial it.</param>
/// <param name="Secret">Certificates and key.</param>
/// <param name="ConfigMap">Certificates, mounted by gateways.</param>
internal sealed record LinkIdentityOptions(ResourceKey Service, ResourceKey Secret, ResourceKey ConfigMap)
{
    /// <summary>How often Secret and ConfigMap are looked at.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Mounted volumes follow a ConfigMap within about this; a new generation signs nothing before, unless nothing else can be served.</summary>
    public TimeSpan MountTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>By then every replica serves under the new generation, and the ones before it are no longer vouched for.</summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromMinutes(10);
}
