namespace Portcullis.Operator.Hosting;

internal enum OutputFormat
{
    Yaml,
    Json,
}
