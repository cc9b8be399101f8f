using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Kinds;
using Portcullis.TestKit.FakeApiServer.Storage;

namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>One watch: what is there, if that is asked for, then every change after it, one line of JSON each, until its time is over.</summary>
internal sealed class WatchStream(ApiState state, ReadView view, WatchFaults faults, ResourceKind kind, string @namespace, ReadOptions options, HttpResponse response)
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BookmarkBeforeEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestDefault = TimeSpan.FromMinutes(45);

    private readonly DateTimeOffset ends = state.Time.GetUtcNow() + (options.Timeout ?? LongestDefault);
    private readonly Task dropped = faults.Dropped;
    private int bookmarkRound = faults.BookmarkRound;
    private long cursor;
    private DateTimeOffset nextBookmark;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var initial = Begin();
        response.ContentType = "application/json";
        await response.StartAsync(cancellationToken).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);

        if (cursor < Math.Max(state.Store.Oldest, kind.Since) && initial is null)
        {
            await SendErrorAsync(Failures.TooOld(cursor, Math.Max(state.Store.Oldest, kind.Since)), cancellationToken).ConfigureAwait(false);
            return;
        }

        await SendInitialAsync(initial, cancellationToken).ConfigureAwait(false);
        await FollowAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets the cursor. The state is null when nothing of it is to be sent.</summary>
    private StoreState? Begin()
    {
        nextBookmark = NextBookmark();
        if (options.ResourceVersion is not ("" or "0") && !options.SendInitialEvents)
        {
            cursor = options.Version;
            return null;
        }

        var from = options.ResourceVersion.Length == 0 ? view.Newest : new ObjectReader(state, view).NotOlderThan(options.Version);
        cursor = from.Revision;
        return from;
    }

    private async Task SendInitialAsync(StoreState? initial, CancellationToken cancellationToken)
    {
        foreach (var found in initial?.In(kind.Storage).Values ?? [])
        {
            if (IsWatched(found))
            {
                await SendAsync(new WatchedEvent("ADDED", kind.FromStorage(found.Content)), cancellationToken).ConfigureAwait(false);
            }
        }

        if (options is { SendInitialEvents: true, AllowBookmarks: true })
        {
            var bookmark = Bookmark();
            bookmark.Content.Open("metadata")["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            await SendAsync(bookmark, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (state.Time.GetUtcNow() < ends && !dropped.IsCompleted)
        {
            var (_, next) = state.Store.Read();
            await Task.WhenAny(faults.HungAsync(cancellationToken), dropped).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var isServed = state.Kinds.All.Any(served => served.Storage == kind.Storage && served.Since == kind.Since);

            if (state.Store.After(cursor) is not { } changes)
            {
                await SendErrorAsync(Failures.TooOld(cursor, state.Store.Oldest), cancellationToken).ConfigureAwait(false);
                return;
            }

            var visible = view.Cached.Revision;
            foreach (var change in changes.TakeWhile(change => change.Revision <= visible))
            {
                await SendChangeAsync(change, cancellationToken).ConfigureAwait(false);
                cursor = change.Revision;
            }

            if (!isServed)
            {
                return;
            }

            await SendBookmarkAsync(cancellationToken).ConfigureAwait(false);
            await WaitAsync(next, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendChangeAsync(StoreChange change, CancellationToken cancellationToken)
    {
        if (change.Storage == kind.Storage && Event(change) is { } happened)
        {
            await SendAsync(happened, cancellationToken).ConfigureAwait(false);
        }
    }

    private WatchedEvent? Event(StoreChange change) => (IsWatched(change.Before), IsWatched(change.After)) switch
    {
        (false, true) => new("ADDED", kind.FromStorage(change.After!.Content)),
        (true, true) => new("MODIFIED", kind.FromStorage(change.After!.Content)),
        // Also for an object that only left the selection: its last state in it, at the version that it left with.
        (true, false) => new("DELETED", kind.FromStorage((change.Gone ?? StoredObject.At(change.Revision, change.Key, change.Before!.Draft())).Content)),
        _ => null,
    };

    private bool IsWatched(StoredObject? found) =>
        found is not null
        && (@namespace.Length == 0 || found.Key.Namespace == @namespace)
        && options.Selector.Matches(kind.FromStorage(found.Content));

    private async Task SendBookmarkAsync(CancellationToken cancellationToken)
    {
        var round = faults.BookmarkRound;
        if (options.AllowBookmarks && (state.Time.GetUtcNow() >= nextBookmark || round != bookmarkRound))
        {
            await SendAsync(Bookmark(), cancellationToken).ConfigureAwait(false);
            nextBookmark = NextBookmark();
        }

        bookmarkRound = round;
    }

    private WatchedEvent Bookmark() => new("BOOKMARK", new JsonObject
    {
        ["kind"] = kind.Kind,
        ["apiVersion"] = kind.ApiVersion,
        ["metadata"] = new JsonObject { ["resourceVersion"] = cursor.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
    });

    private DateTimeOffset NextBookmark()
    {
        var now = state.Time.GetUtcNow();
        var last = ends - BookmarkBeforeEnd;

        return last > now && last < now + BookmarkInterval ? last : now + BookmarkInterval;
    }

    private async Task WaitAsync(Task next, CancellationToken cancellationToken)
    {
        var until = options.AllowBookmarks && nextBookmark < ends ? nextBookmark : ends;
        var patience = until - state.Time.GetUtcNow();
        if (view.Tick is { } tick && tick < patience)
        {
            patience = tick;
        }

        if (patience <= TimeSpan.Zero)
        {
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(next, dropped, Task.Delay(patience, state.Time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Task SendErrorAsync(ApiFailureException failure, CancellationToken cancellationToken) =>
        SendAsync(new WatchedEvent("ERROR", failure.ToStatus()), cancellationToken);

    private async Task SendAsync(WatchedEvent happened, CancellationToken cancellationToken)
    {
        var line = new JsonObject { ["type"] = happened.Type, ["object"] = happened.Content.DeepClone() }.ToJsonString();
        switch (faults.FateOf(happened))
        {
            case EventFate.Lose:
                return;
            case EventFate.Garble:
                line = line[..(line.Length / 2)];
                break;
            case EventFate.Trickle:
                await TrickleAsync(line, cancellationToken).ConfigureAwait(false);
                return;
        }

        await response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{line}\n"), cancellationToken).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task TrickleAsync(string line, CancellationToken cancellationToken)
    {
        foreach (var octet in Encoding.UTF8.GetBytes($"{line}\n"))
        {
            await response.Body.WriteAsync(new[] { octet }, cancellationToken).ConfigureAwait(false);
            await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
