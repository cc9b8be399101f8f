namespace Portcullis.Gateway.Hosting.Health;

/// <summary>Whether clients should be sent here, and why in one line.</summary>
internal sealed record ReadinessAnswer(bool Ready, string Reason);
