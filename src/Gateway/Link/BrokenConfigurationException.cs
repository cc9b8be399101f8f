namespace Portcullis.Gateway.Link;

/// <summary>What arrived is not what was announced; nothing of it was used.</summary>
internal sealed class BrokenConfigurationException(string message) : Exception(message);
