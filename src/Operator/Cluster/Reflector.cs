using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Portcullis.Contract;

namespace Portcullis.Operator.Cluster;

/// <summary>
/// Keeps telling what there is of one selection: a list, then a watch from where the list ended, and both again whenever something may have been
/// missed. What it told last stays true for its listener until the next list was read to its end.
/// </summary>
/// <param name="connection">To the API server.</param>
/// <param name="selection">What is read.</param>
/// <param name="decode">One object.</param>
/// <param name="reflected">The listener.</param>
/// <param name="time">Measures patience.</param>
/// <param name="outline">What can be told of an object that cannot be decoded, and where decoding stopped; null when nothing ever can.</param>
internal sealed class Reflector<T>(
    ApiConnection connection, ObjectSelection selection, Func<JsonElement, T> decode, IReflected<T> reflected, TimeProvider time, Func<JsonElement, string, T?>? outline = null)
    : IReflector
{
    private const int ShortestWatch = 300;
    private const int LongestWatch = 600;

    // The server ends a watch by itself. One that lives on longer has nobody at its other end.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Proven = TimeSpan.FromSeconds(5);
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(30));
    private static readonly Backoff SlowRetry = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    /// <summary>What was told, and at which version.</summary>
    private readonly Dictionary<ResourceKey, string> told = [];

    /// <summary>Where to watch from; null when a list is needed first.</summary>
    private string? resumeFrom;

    private int failures;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TurnAsync(cancellationToken).ConfigureAwait(false) is { } setback)
            {
                var patience = (setback.IsAnswer ? SlowRetry : Retry).After(Math.Max(failures, 1), Random.Shared.NextDouble());
                await Task.Delay(patience > setback.AtLeast ? patience : setback.AtLeast, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Withdraw()
    {
        reflected.Withdraw([.. told.Keys]);
        told.Clear();
        resumeFrom = null;
    }

    /// <summary>Null when it can go on at once.</summary>
    private async Task<ReadingSetback?> TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            resumeFrom ??= await ListAsync(cancellationToken).ConfigureAwait(false);
            return await WatchAsync(resumeFrom, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiRefusedException refused)
        {
            return Take(refused.Refusal);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or TimeoutException)
        {
            return Break(ApiProblems.TextOf(broken));
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var (items, version) = await PagedList.ReadAsync(connection, selection, Read, cancellationToken).ConfigureAwait(false);
        var selected = items.Where(item => IsSelected(item.Head.Key)).ToImmutableArray();
        var present = selected.Select(item => item.Head.Key).ToHashSet();
        var gone = told.Keys.Where(key => !present.Contains(key)).ToImmutableArray();

        // What is at the version that was told before is no news: a list after a short outage costs what changed.
        ImmutableArray<ObjectChange<T>> changes =
        [
            .. gone.Select(key => new ObjectChange<T>.Removed(key)),
            .. selected.Where(item => told.GetValueOrDefault(item.Head.Key) != item.Head.Version).Select(item => item.Change),
        ];

        foreach (var key in gone)
        {
            told.Remove(key);
        }

        foreach (var (head, _) in selected)
        {
            told[head.Key] = head.Version;
        }

        reflected.Replace(changes);
        return version;
    }

    private async Task<ReadingSetback?> WatchAsync(string from, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(Random.Shared.Next(ShortestWatch, LongestWatch + 1));
        using var overdue = new CancellationTokenSource(limit + Grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(overdue.Token, cancellationToken);

        try
        {
            using var stream = await connection.OpenAsync(RequestFor(from, limit), either.Token).ConfigureAwait(false);
            reflected.Reached();
            return await FollowAsync(new WatchLines(stream.Body), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (overdue.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Break($"The watch on {selection} outlived its time, so its connection is dead.");
        }
    }

    private async Task<ReadingSetback?> FollowAsync(WatchLines lines, CancellationToken cancellationToken)
    {
        var opened = time.GetTimestamp();

        while (await lines.NextAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.Kind == WatchEventKind.Error)
            {
                return Lose(ApiRefusals.Of(line.Object));
            }

            if (!TryTake(line))
            {
                resumeFrom = null;
                return Break($"The watch on {selection} sent a line that is no event; reading everything again.");
            }

            failures = 0;
        }

        if (time.GetElapsedTime(opened) < Proven)
        {
            // One that ends as soon as it begins must not become a hot loop.
            return Break($"The watch on {selection} ended as soon as it began.");
        }

        failures = 0;
        return null;
    }

    /// <summary>False when the line makes no sense, so that something may have been missed.</summary>
    private bool TryTake(WatchEvent line)
    {
        if (line.Kind == WatchEventKind.Bookmark && ObjectHead.VersionOf(line.Object) is { } version)
        {
            resumeFrom = version;
            return true;
        }

        if (line.Kind is WatchEventKind.Malformed or WatchEventKind.Bookmark || !ObjectHead.TryRead(line.Object, out var head))
        {
            return false;
        }

        if (IsSelected(head.Key))
        {
            Take(line, head);
        }

        resumeFrom = head.Version;
        return true;
    }

    private void Take(WatchEvent line, ObjectHead head)
    {
        if (line.Kind != WatchEventKind.Deleted)
        {
            told[head.Key] = head.Version;
            reflected.Apply(Read(line.Object).Change);
        }
        else if (told.Remove(head.Key))
        {
            reflected.Apply(new ObjectChange<T>.Removed(head.Key));
        }
    }

    /// <summary>An ERROR event: the watch is over, and what happened since is only in a list.</summary>
    private ReadingSetback? Lose(ApiRefusal refusal)
    {
        resumeFrom = null;

        // Once is ordinary after a compaction; again and again, without an event in between, is not.
        if (refusal.IsExpired && failures == 0)
        {
            failures = 1;
            return null;
        }

        return Break($"The watch on {selection} ended with: {refusal}", refusal.RetryAfter);
    }

    private ReadingSetback? Take(ApiRefusal refusal)
    {
        // An overloaded or starting server can be resumed from; anything else may mean that the version makes no sense to it.
        if (!refusal.IsPassing)
        {
            resumeFrom = null;
        }

        if (refusal.IsExpired)
        {
            return Lose(refusal);
        }

        if (!refusal.IsAnswer)
        {
            return Break($"Reading {selection} was refused: {refusal}", refusal.RetryAfter);
        }

        failures++;
        reflected.Refused(refusal);
        return new ReadingSetback(IsAnswer: true, refusal.RetryAfter ?? TimeSpan.Zero);
    }

    private ReadingSetback Break(string problem, TimeSpan? atLeast = null)
    {
        reflected.Broke(problem, ++failures);
        return new ReadingSetback(AtLeast: atLeast ?? TimeSpan.Zero);
    }

    private (ObjectHead Head, ObjectChange<T> Change) Read(JsonElement subject) =>
        ObjectHead.TryRead(subject, out var head)
            ? (head, Decode(subject, head.Key))
            : throw new HttpRequestException($"The API server's list of {selection} has an item without a name or a version.");

    private ObjectChange<T> Decode(JsonElement subject, ResourceKey key)
    {
        try
        {
            return new ObjectChange<T>.Put(key, decode(subject));
        }
        catch (Exception undecodable)
        {
            // Whatever is wrong with one object, and wherever it shows, the others are read. Texts of exceptions may quote content (P9).
            var field = (undecodable as JsonException)?.Path ?? "";
            return new ObjectChange<T>.Undecodable(key, field) { Outline = outline is null ? default : outline(subject, field) };
        }
    }

    /// <summary>A field selector that was passed over must not bring us somebody else's Secret.</summary>
    private bool IsSelected(ResourceKey key) =>
        (selection.Name is null || key.Name == selection.Name) && (selection.Namespace is null || key.Namespace == selection.Namespace);

    private ApiRequest RequestFor(string from, TimeSpan limit) => new(HttpMethod.Get, selection.Path)
    {
        Query =
        [
            .. selection.Query,
            ("watch", "true"),
            ("resourceVersion", from),
            ("allowWatchBookmarks", "true"),
            ("timeoutSeconds", limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)),
        ],
    };
}
