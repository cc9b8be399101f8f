namespace Portcullis.Gateway.Hosting.Front;

/// <summary>Frames of HTTP/2 by number (RFC 9113, section 6), as far as they are told apart here.</summary>
internal static class FrameType
{
    public const byte Data = 0x0;
    public const byte Headers = 0x1;
    public const byte ResetStream = 0x3;
    public const byte Ping = 0x6;
    public const byte GoAway = 0x7;
    public const byte WindowUpdate = 0x8;
}
