namespace Portcullis.Contract.Reports;

/// <summary>What an observation is about.</summary>
public sealed record ObservedEndpoint(ResourceKey Route, string Backend, string Endpoint);
