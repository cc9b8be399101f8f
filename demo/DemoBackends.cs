namespace Portcullis.Demo;

/// <summary>Which servers the demo runs against.</summary>
internal enum DemoBackends
{
    Embedded,
    Debian,
}
