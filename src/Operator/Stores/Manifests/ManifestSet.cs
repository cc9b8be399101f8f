using System.Collections.Immutable;
using Portcullis.Operator.Stores.Manifests.Decoding;
using Portcullis.Operator.Stores.Manifests.Files;

namespace Portcullis.Operator.Stores.Manifests;

/// <summary>
/// All files at one moment → the objects that hold. A broken file or a refused object never takes down what worked: the last good version stays
/// until it is replaced by a good one or its document is gone.
/// </summary>
internal sealed class ManifestSet
{
    private const string Kept = " The last good version still holds.";

    private readonly ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest> before;
    private readonly Dictionary<ObjectIdentity, (string File, int? Line)> claims = [];
    private readonly ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest>.Builder accepted = Nothing.ToBuilder();
    private readonly ImmutableArray<ManifestProblem>.Builder problems = ImmutableArray.CreateBuilder<ManifestProblem>();

    private ManifestSet(ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest> before) => this.before = before;

    public static ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest> Nothing { get; } = ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest>.Empty;

    /// <summary>Files come in path order: of two that hold the same object, the first has it. Unreadable are those in folders that cannot be listed.</summary>
    public static (ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest> Accepted, ImmutableArray<ManifestProblem> Problems) Resolve(
        ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest> before,
        ImmutableSortedDictionary<string, FileReading> files,
        Predicate<string> isUnreadable)
    {
        var set = new ManifestSet(before);

        foreach (var (file, reading) in files)
        {
            set.Take(file, reading);
        }

        // A file that was not listed because its folder could not be is not a file that was deleted.
        set.KeepAll(manifest => !files.ContainsKey(manifest.File) && isUnreadable(manifest.File));

        return (set.accepted.ToImmutable(), set.problems.ToImmutable());
    }

    private void Take(string file, FileReading reading)
    {
        if (reading is FileReading.Broken broken)
        {
            problems.Add(new ManifestProblem { File = file, Line = broken.Line, Message = broken.Message });
            KeepAll(manifest => manifest.File == file);
            return;
        }

        var documents = ((FileReading.Read)reading).Documents;

        foreach (var document in documents)
        {
            Take(file, document);
        }

        // One of these may be what the damaged document was.
        if (documents.Any(document => document is DocumentReading.Refused { Identity: null }))
        {
            KeepAll(manifest => manifest.File == file);
        }
    }

    private void Take(string file, DocumentReading document)
    {
        switch (document)
        {
            case DocumentReading.Good good when Claim(good.Identity, file, good.Line):
                accepted.Add(good.Identity, AcceptedManifest.From(good, file, before.GetValueOrDefault(good.Identity)));
                break;
            case DocumentReading.Refused { Identity: { } identity } refused when Claim(identity, file, refused.Line):
                Report(file, refused);
                Keep(identity, file);
                break;
            case DocumentReading.Refused { Identity: null } refused:
                Report(file, refused);
                break;
        }
    }

    private bool Claim(ObjectIdentity identity, string file, int line)
    {
        if (claims.TryAdd(identity, (file, line)))
        {
            return true;
        }

        var (firstFile, firstLine) = claims[identity];
        var first = firstLine is { } at ? $"{firstFile}:{at}" : firstFile;
        problems.Add(new ManifestProblem { File = file, Line = line, Object = identity, Message = $"is in {first} already, and that one holds. Remove one of them." });
        return false;
    }

    private void Report(string file, DocumentReading.Refused refused)
    {
        var kept = refused.Identity is { } identity && before.ContainsKey(identity) ? Kept : "";

        problems.AddRange(refused.Problems.Select(problem => new ManifestProblem
        {
            File = file,
            Line = problem.Line,
            Object = refused.Identity,
            Field = problem.Field.Length == 0 ? null : problem.Field,
            Message = problem.Message + kept,
        }));
    }

    private void KeepAll(Func<AcceptedManifest, bool> isMeant)
    {
        foreach (var manifest in before.Values.Where(isMeant))
        {
            if (claims.TryAdd(manifest.Identity, (manifest.File, null)))
            {
                Keep(manifest.Identity, manifest.File);
            }
        }
    }

    private void Keep(ObjectIdentity identity, string file)
    {
        if (before.TryGetValue(identity, out var lastGood))
        {
            accepted.Add(identity, lastGood with { File = file });
        }
    }
}
