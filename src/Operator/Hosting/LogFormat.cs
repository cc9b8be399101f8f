namespace Portcullis.Operator.Hosting;

internal enum LogFormat
{
    /// <summary>One line an event, for people.</summary>
    Text,

    /// <summary>One JSON object an event, for collectors.</summary>
    Json,
}
