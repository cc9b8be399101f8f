namespace Portcullis.Contract.Configuration;

/// <summary>Which header fields of responses have the backend's own addresses mapped back to those the client used.</summary>
/// <param name="Locations">Location, Content-Location and Refresh.</param>
/// <param name="Cookies">Domain and Path of Set-Cookie.</param>
public sealed record ResponseMapping(bool Locations, bool Cookies);
