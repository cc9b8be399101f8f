using Portcullis.Contract;

namespace Portcullis.Gateway.Link;

/// <summary>An operator pushed something older than what is held (P5).</summary>
internal sealed class StaleConfigurationException(ConfigurationVersion pushed, ConfigurationVersion held)
    : Exception($"it pushed configuration {pushed}, which is older than the held {held}; another operator leads, or this one lost its state folder");
