namespace Portcullis.Gateway.Hosting.Front;

/// <summary>Where the certificate is that a gateway shows when the operator pushes none.</summary>
/// <param name="Chain">PEM, leaf first, then its intermediates.</param>
/// <param name="Key">PEM, not encrypted.</param>
internal sealed record FrontCertificatePaths(string Chain, string Key);
