using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Portcullis.Contract;

/// <summary>
/// The secret that session cookies are sealed with. What is derived from it says nothing of the key itself, nor of what is derived for anybody else.
/// </summary>
public sealed class SessionKey
{
    public const int Length = 32;

    private readonly byte[] secret;

    /// <param name="secret">As many random bytes as <see cref="Length"/> says.</param>
    public SessionKey(ReadOnlySpan<byte> secret) => this.secret = secret.Length == Length
        ? secret.ToArray()
        : throw new ArgumentException($"A session key has {Length} bytes.", nameof(secret));

    public ReadOnlySpan<byte> Secret => secret;

    /// <summary>For the place where it is kept and the entry in which it travels, and nowhere else (P9).</summary>
    public string ToBase64() => Convert.ToBase64String(secret);

    public static bool TryParse(string? base64, [NotNullWhen(true)] out SessionKey? key)
    {
        Span<byte> read = stackalloc byte[Length];
        key = base64 is not null && Convert.TryFromBase64String(base64, read, out var length) && length == Length ? new SessionKey(read) : null;

        return key is not null;
    }

    /// <summary>The key for one purpose (HKDF, RFC 5869).</summary>
    public SessionKey For(string purpose) =>
        new(HKDF.Expand(HashAlgorithmName.SHA256, secret, Length, Encoding.UTF8.GetBytes($"portcullis session 1 {purpose}")));

    public bool IsSameAs(SessionKey? other) => other is not null && CryptographicOperations.FixedTimeEquals(secret, other.secret);

    /// <summary>Nothing of the key (P9).</summary>
    public override string ToString() => "(not shown)";
}
