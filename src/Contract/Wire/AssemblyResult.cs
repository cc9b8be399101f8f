using Portcullis.Contract.Configuration;

namespace Portcullis.Contract.Wire;

/// <summary>What became of one chunk.</summary>
public abstract record AssemblyResult
{
    private AssemblyResult()
    {
    }

    /// <summary>More chunks of the same configuration must follow.</summary>
    public sealed record Incomplete : AssemblyResult;

    public sealed record Complete(VersionedConfiguration Configuration) : AssemblyResult;

    /// <summary>Not what was announced, or not for what is held: nothing of it may be used, and only a full snapshot helps.</summary>
    public sealed record Broken(string Problem) : AssemblyResult;

    /// <summary>Older than what is held: its sender no longer leads (P5).</summary>
    public sealed record Stale(ConfigurationVersion Version) : AssemblyResult;
}
