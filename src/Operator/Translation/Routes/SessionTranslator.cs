using System.Security.Cryptography;
using System.Text;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>A valid session persistence → what gateways do, defaults filled in.</summary>
internal static class SessionTranslator
{
    private const int NameBytes = 6;

    /// <summary>Null when nobody is kept anywhere.</summary>
    public static SessionSettings? Translate(SessionPersistence? persistence, ResourceKey route, string backend) => persistence is null
        ? null
        : new SessionSettings
        {
            CookieName = persistence.SessionName ?? DefaultName(route, backend),
            AbsoluteTimeout = Duration.TryParse(persistence.AbsoluteTimeout, out var timeout) ? timeout : null,
        };

    // One of its own for each backend: rules of one host that lead elsewhere must not overwrite each other's cookies. It tells nobody how things are called inside.
    private static string DefaultName(ResourceKey route, string backend) =>
        $"portcullis-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{route}/{backend}")).AsSpan(0, NameBytes))}";
}
