namespace Portcullis.Contract.Configuration;

/// <summary>A configuration and its place in the order of configurations.</summary>
public sealed record VersionedConfiguration(ConfigurationVersion Version, GatewayConfiguration Configuration);
