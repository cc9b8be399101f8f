using System.Globalization;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>How clients reach a route, as its <c>frontend</c> says.</summary>
internal static class FrontTranslator
{
    /// <summary>Null when nothing differs from what gateways do by themselves.</summary>
    public static FrontSettings? Translate(Frontend? frontend)
    {
        var http = frontend?.Http switch
        {
            FrontendHttp.Serve => PlainHttp.Serve,
            FrontendHttp.Off => PlainHttp.Off,
            _ => PlainHttp.Redirect,
        };
        var hsts = frontend?.Hsts is { } wanted ? HeaderOf(wanted) : null;

        return http == PlainHttp.Redirect && hsts is null ? null : new FrontSettings { Http = http, StrictTransportSecurity = hsts };
    }

    private static string HeaderOf(Hsts hsts) =>
        string.Create(CultureInfo.InvariantCulture, $"max-age={hsts.MaxAge}{(hsts.IncludeSubDomains ? "; includeSubDomains" : "")}{(hsts.Preload ? "; preload" : "")}");
}
