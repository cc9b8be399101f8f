using System.Buffers.Text;
using System.Security.Cryptography;

namespace Portcullis.Operator.Hosting;

/// <summary>The token that gateways without a cluster show: made once, kept in the state folder.</summary>
internal static class LinkToken
{
    private const int Bytes = 32;

    /// <exception cref="InvalidDataException">The file is there and is not a token that this program wrote.</exception>
    public static string Open(string folder)
    {
        var path = Path.Combine(folder, "token");

        if (!File.Exists(path))
        {
            OwnerOnlyFile.Write(path, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)));
        }

        var token = OwnerOnlyFile.Read(path).Trim();

        return token.Length >= Base64Url.GetEncodedLength(Bytes)
            ? token
            : throw new InvalidDataException($"'{path}' holds no token of {Bytes} random bytes. Delete it, and a new one is made.");
    }
}
