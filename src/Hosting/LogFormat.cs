namespace Portcullis.Hosting;

/// <summary>How a log line is written.</summary>
public enum LogFormat
{
    /// <summary>One line an event, for people.</summary>
    Text,

    /// <summary>One JSON object an event, for collectors.</summary>
    Json,
}
