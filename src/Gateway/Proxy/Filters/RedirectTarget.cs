using System.Globalization;
using Microsoft.AspNetCore.Http;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>Where a rule sends clients instead of answering them. What it does not name stays as the client asked for it, the query always.</summary>
internal sealed class RedirectTarget(RuleAction.Redirect redirect, PathMatch match, HeaderEdits? responseEdits)
{
    private readonly PathRewrite? rewrite = PathRewrite.Of(redirect.Path, match);

    public Task AnswerAsync(HttpContext context)
    {
        context.Response.StatusCode = redirect.StatusCode;
        context.Response.Headers.Location = Location(context);
        context.Response.ContentLength = 0;
        responseEdits?.ApplyToResponse(context.Response.Headers);

        return Task.CompletedTask;
    }

    private string Location(HttpContext context)
    {
        var side = PublicSide.Of(context.Request, hostSent: "");
        var scheme = redirect.Scheme ?? side.Scheme;
        var path = RequestTarget.Path(context);

        return string.Concat(
            $"{scheme}://{redirect.Hostname ?? RequestHost.WithoutPort(side.Host)}",
            Port(scheme, side.Host),
            rewrite is null ? path : rewrite.Apply(path),
            RequestTarget.Query(context));
    }

    // The port of a scheme that is named is the well-known one; without either, clients keep the port they came to. Well-known ports are not written.
    private string Port(string scheme, string asked)
    {
        var port = redirect.Port ?? (redirect.Scheme is null ? RequestHost.PortIn(asked) : null);
        var wellKnown = scheme == "https" ? 443 : 80;

        return port is null || port == wellKnown ? "" : string.Create(CultureInfo.InvariantCulture, $":{port}");
    }
}
