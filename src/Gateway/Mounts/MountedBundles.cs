using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Gateway.Mounts;

/// <summary>Everything that is mounted at one moment. A bundle without a good content so far is in <see cref="Problems"/> only.</summary>
internal sealed record MountedBundles
{
    public static MountedBundles Empty { get; } = new();

    public ImmutableSortedDictionary<ResourceKey, MountedBundle> Held { get; init; } = ImmutableSortedDictionary<ResourceKey, MountedBundle>.Empty;

    /// <summary>One line for each bundle whose file cannot be used and never could.</summary>
    public ImmutableSortedDictionary<ResourceKey, string> Problems { get; init; } = ImmutableSortedDictionary<ResourceKey, string>.Empty;

    /// <summary>By path: directories that cannot be listed and files that are no bundle.</summary>
    public ImmutableSortedDictionary<string, string> PathProblems { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// What is held once <paramref name="reading"/> was seen. A bundle whose file broke or vanished stays as it was: here trust is only ever replaced by
    /// good content, and taken away by the pushed list (P2, P3). A bundle that did not change stays the same object, and so does the whole.
    /// </summary>
    public MountedBundles After(MountReading reading)
    {
        var held = Held.ToBuilder();
        var problems = ImmutableSortedDictionary.CreateBuilder<ResourceKey, string>();

        foreach (var (bundle, file) in reading.Files)
        {
            var before = Held.GetValueOrDefault(bundle);

            if (Seen(bundle, file, before, out var problem) is { } after)
            {
                held[bundle] = after;
            }
            else
            {
                problems[bundle] = problem;
            }
        }

        foreach (var (bundle, before) in Held.Where(known => !reading.Files.ContainsKey(known.Key)))
        {
            held[bundle] = Kept(before, "its file is no longer there");
        }

        return OrThis(new MountedBundles { Held = held.ToImmutable(), Problems = problems.ToImmutable(), PathProblems = reading.PathProblems });
    }

    /// <summary>Null when there is nothing good to hold, neither now nor before.</summary>
    private static MountedBundle? Seen(ResourceKey bundle, FileReading file, MountedBundle? before, out string problem)
    {
        problem = "";

        if (file is FileReading.Content content)
        {
            if (content.Digest == before?.Digest)
            {
                return Kept(before, null);
            }

            if (BundlePem.TryParse(content.Bytes, out var certificates, out var malformed))
            {
                return new MountedBundle { Key = bundle, Digest = content.Digest, Certificates = certificates };
            }

            problem = $"{content.Path} cannot be used: {malformed}";
        }
        else if (file is FileReading.Unreadable unreadable)
        {
            problem = unreadable.Problem;
        }

        return before is null ? null : Kept(before, problem);
    }

    private static MountedBundle Kept(MountedBundle before, string? problem) => before.Problem == problem ? before : before with { Problem = problem };

    private MountedBundles OrThis(MountedBundles next)
    {
        var same = next.Held.Count == Held.Count
            && next.Held.All(bundle => Held.TryGetValue(bundle.Key, out var before) && ReferenceEquals(before, bundle.Value))
            && next.Problems.SequenceEqual(Problems)
            && next.PathProblems.SequenceEqual(PathProblems);

        return same ? this : next;
    }
}
