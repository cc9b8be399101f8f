using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Portcullis.Contract;

namespace Portcullis.Gateway.Proxy.Sessions;

/// <summary>
/// A session as the value of a cookie: encrypted and authenticated, so that it can be neither made nor read without the key, and of one length whatever the
/// endpoint is. Two sessions at one endpoint have nothing in common.
/// </summary>
internal static class SealedSession
{
    private const byte Version = 1;
    private const int SaltLength = 16;
    private const int ContentLength = sizeof(long) + EndpointId.Length;
    private const int TagLength = 16;
    private const int SealedLength = 1 + SaltLength + ContentLength + TagLength;

    /// <summary>A multiple of three bytes, so that no character of the text has bits to spare: every other text is another session, or none.</summary>
    public const int TextLength = SealedLength / 3 * 4;

    public static string Seal(Session session, SessionKey key)
    {
        Span<byte> content = stackalloc byte[ContentLength];
        BinaryPrimitives.WriteInt64BigEndian(content, session.Since.ToUnixTimeMilliseconds());
        session.Endpoint.CopyTo(content[sizeof(long)..]);

        Span<byte> result = stackalloc byte[SealedLength];
        result[0] = Version;
        var salt = result.Slice(1, SaltLength);
        RandomNumberGenerator.Fill(salt);
        using var cipher = CipherOf(salt, key);
        cipher.Encrypt(Nonce, content, result.Slice(1 + SaltLength, ContentLength), result[^TagLength..], result[..1]);

        return Base64Url.EncodeToString(result);
    }

    /// <summary>False for what was not sealed with this key, whatever else it may be.</summary>
    public static bool TryOpen(ReadOnlySpan<char> text, SessionKey key, [NotNullWhen(true)] out Session? session)
    {
        session = null;
        Span<byte> read = stackalloc byte[SealedLength];
        if (text.Length != TextLength || !IsBase64Url(text) || !Base64Url.TryDecodeFromChars(text, read, out var length) || length != SealedLength || read[0] != Version)
        {
            return false;
        }

        Span<byte> content = stackalloc byte[ContentLength];
        using var cipher = CipherOf(read.Slice(1, SaltLength), key);
        try
        {
            cipher.Decrypt(Nonce, read.Slice(1 + SaltLength, ContentLength), read[^TagLength..], content, read[..1]);
        }
        catch (AuthenticationTagMismatchException)
        {
            // Forged, or of another key: no session, and nobody is told which.
            return false;
        }

        session = new Session(EndpointId.Read(content[sizeof(long)..]), DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(content)));
        return true;
    }

    // A key for each cookie, of 128 random bits: chosen at random, nonces of AES-GCM would repeat themselves after too few cookies. With a key that is used
    // once, the nonce can be a constant.
    private static AesGcm CipherOf(ReadOnlySpan<byte> salt, SessionKey key)
    {
        Span<byte> once = stackalloc byte[SessionKey.Length];
        HMACSHA256.HashData(key.Secret, salt, once);

        return new AesGcm(once, TagLength);
    }

    private static ReadOnlySpan<byte> Nonce => "portcullis 1"u8;

    // The decoder passes over white space.
    private static bool IsBase64Url(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_'))
            {
                return false;
            }
        }

        return true;
    }
}
