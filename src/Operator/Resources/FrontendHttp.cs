namespace Portcullis.Operator.Resources;

/// <summary>What happens on plain HTTP.</summary>
public enum FrontendHttp
{
    Redirect,
    Serve,
    Off,
}
