using System.Net;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Hosting.Check;

/// <summary>A name from the command line → the identity a route with it would have.</summary>
internal static class CheckedName
{
    /// <exception cref="FormatException">No certificate could have this name; a verdict would blame the certificate.</exception>
    public static SubjectName Parse(string name)
    {
        if (IPAddress.TryParse(name, out _))
        {
            return new SubjectName(SubjectNameKind.Ip, name);
        }

        if (name.Contains("://", StringComparison.Ordinal) && Uri.IsWellFormedUriString(name, UriKind.Absolute))
        {
            return new SubjectName(SubjectNameKind.Uri, name);
        }

        return name.Length is > 0 and <= 253 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_')
            ? new SubjectName(SubjectNameKind.Dns, name)
            : throw new FormatException($"--name must be a DNS name, an IP address or a URI without wildcards, such as shop.internal; it is '{name}'.");
    }

    public static PeerIdentity IdentityOf(SubjectName name) => new()
    {
        ServerName = name.Kind == SubjectNameKind.Dns ? name.Value : null,
        Names = [name],
    };
}
