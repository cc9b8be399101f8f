using System.Security.Cryptography;
using Portcullis.Contract;

namespace Portcullis.Operator.Hosting;

/// <summary>The key of session cookies without a cluster: made when it is missing, kept in the state folder.</summary>
internal static class SessionKeyFile
{
    /// <exception cref="InvalidDataException">The file is there and is not a key that this program wrote, or not a secret.</exception>
    public static SessionKey Open(string folder)
    {
        var path = Path.Combine(folder, "session.key");

        if (!File.Exists(path))
        {
            OwnerOnlyFile.Write(path, new SessionKey(RandomNumberGenerator.GetBytes(SessionKey.Length)).ToBase64());
        }

        return SessionKey.TryParse(OwnerOnlyFile.Read(path).Trim(), out var key)
            ? key
            : throw new InvalidDataException($"'{path}' holds no key of {SessionKey.Length} bytes. Delete it, and a new one is made; every session is then begun anew.");
    }
}
