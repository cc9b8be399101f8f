using Portcullis.Contract;

namespace Portcullis.Gateway.Mounts;

/// <summary>What one look at one bundle's file gave.</summary>
internal abstract record FileReading
{
    private FileReading()
    {
    }

    public sealed record Content(string Path, byte[] Bytes, Digest Digest) : FileReading;

    /// <summary>Nothing that could be judged; the problem is one line and the same at every look.</summary>
    public sealed record Unreadable(string Problem) : FileReading;
}
