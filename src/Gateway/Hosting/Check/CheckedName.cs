using System.Net;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Hosting.Check;

/// <summary>A name from the command line → the identity a route with it would have.</summary>
internal static class CheckedName
{
    public static SubjectName Parse(string name)
    {
        if (IPAddress.TryParse(name, out _))
        {
            return new SubjectName(SubjectNameKind.Ip, name);
        }

        return new SubjectName(name.Contains("://", StringComparison.Ordinal) ? SubjectNameKind.Uri : SubjectNameKind.Dns, name);
    }

    public static PeerIdentity IdentityOf(SubjectName name) => new()
    {
        ServerName = name.Kind == SubjectNameKind.Dns ? name.Value : null,
        Names = [name],
    };
}
