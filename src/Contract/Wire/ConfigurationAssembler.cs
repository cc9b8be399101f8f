using System.Diagnostics.CodeAnalysis;
using Portcullis.Contract.Configuration;

namespace Portcullis.Contract.Wire;

/// <summary>
/// Puts chunks together and believes none of them: one version throughout, the base that is held, every entry as its digest says, and the
/// whole as its revision says. Throw it away after a result that is neither incomplete nor complete.
/// </summary>
/// <param name="held">What the first change may apply to; null when nothing is held.</param>
public sealed class ConfigurationAssembler(VersionedConfiguration? held)
{
    private readonly List<EncodedEntry> upserts = [];
    private readonly List<EntryKey> removed = [];
    private ConfigurationChunk? first;

    /// <summary>The newest complete configuration; null when there is none yet.</summary>
    public VersionedConfiguration? Held { get; private set; } = held;

    public AssemblyResult Add(ConfigurationChunk chunk)
    {
        if (first is null && Refusal(chunk, Held) is { } refusal)
        {
            return refusal;
        }

        first ??= chunk;

        if (!SameChange(first, chunk))
        {
            return new AssemblyResult.Broken($"a chunk of configuration {VersionOf(chunk)} arrived inside configuration {VersionOf(first)}");
        }

        if (!TryTake(chunk, out var problem))
        {
            return new AssemblyResult.Broken(problem);
        }

        return chunk.Last ? Finish(chunk) : new AssemblyResult.Incomplete();
    }

    private static AssemblyResult? Refusal(ConfigurationChunk chunk, VersionedConfiguration? held)
    {
        var version = VersionOf(chunk);

        if (held is null)
        {
            return chunk.BaseRevision.Length == 0 ? null : new AssemblyResult.Broken("a change arrived, and nothing is held that it could apply to");
        }

        if (version < held.Version)
        {
            return new AssemblyResult.Stale(version);
        }

        if (version == held.Version && chunk.Revision != held.Configuration.Revision.ToString())
        {
            return new AssemblyResult.Broken($"configuration {version} is not the one that is held under the same version");
        }

        return chunk.BaseRevision.Length == 0 || chunk.BaseRevision == held.Configuration.Revision.ToString()
            ? null
            : new AssemblyResult.Broken($"the change applies to {chunk.BaseRevision}, held is {held.Configuration.Revision}");
    }

    private static bool SameChange(ConfigurationChunk left, ConfigurationChunk right) =>
        VersionOf(left) == VersionOf(right) && left.Revision == right.Revision && left.BaseRevision == right.BaseRevision;

    private bool TryTake(ConfigurationChunk chunk, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            upserts.AddRange(chunk.Upserts.Select(FromWire));
            removed.AddRange(chunk.Removed.Select(EntryKey.Parse));
            problem = null;
        }
        catch (FormatException malformed)
        {
            problem = malformed.Message;
        }

        return problem is null;
    }

    private static EncodedEntry FromWire(Entry entry)
    {
        var digest = Digest.Of(entry.Content.Span);

        return digest.ToString() == entry.Digest
            ? new EncodedEntry(EntryKey.Parse(entry.Key), entry.MinimumVersion, entry.Content.Memory, digest)
            : throw new FormatException($"the content of {entry.Key} does not have the digest it was announced with");
    }

    private AssemblyResult Finish(ConfigurationChunk last)
    {
        var start = last.BaseRevision.Length == 0 || Held is null ? GatewayConfiguration.Empty : Held.Configuration;
        var configuration = start.With(new ConfigurationDelta([.. upserts], [.. removed]));

        if (configuration.Revision.ToString() != last.Revision)
        {
            return new AssemblyResult.Broken($"configuration {VersionOf(last)} came out as {configuration.Revision}, announced was {last.Revision}");
        }

        Held = new VersionedConfiguration(VersionOf(last), configuration);
        upserts.Clear();
        removed.Clear();
        first = null;

        return new AssemblyResult.Complete(Held);
    }

    private static ConfigurationVersion VersionOf(ConfigurationChunk chunk) => new(chunk.Epoch, chunk.Sequence);
}
