using System.Globalization;
using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Kinds;
using Portcullis.TestKit.FakeApiServer.Storage;

namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>Answers GET and list, each from one state.</summary>
internal sealed class ObjectReader(ApiState state, ReadView view)
{
    public JsonObject Get(ResourceKind kind, ObjectKey key, string version)
    {
        var from = version.Length == 0 ? view.Newest : NotOlderThan(ReadOptions.ParseVersion(version));

        return from.Find(kind.Storage, key) is { } found ? kind.FromStorage(found.Content) : throw Failures.NotFound(kind, key.Name);
    }

    public JsonObject List(ResourceKind kind, string @namespace, ReadOptions options)
    {
        var token = options.Continue.Length > 0 ? ContinueToken.Parse(options.Continue) : null;
        var from = token is null ? Start(options) : Continued(token);
        StoredObject[] matching =
        [
            .. from.In(kind.Storage).Values
                .Where(found => @namespace.Length == 0 || found.Key.Namespace == @namespace)
                .SkipWhile(found => token is not null && found.Key.CompareTo(new ObjectKey(token.Namespace, token.Name)) <= 0)
                .Where(found => options.Selector.Matches(kind.FromStorage(found.Content))),
        ];

        // The watch cache answers a list of any version, and answers it whole.
        var page = options.Limit > 0 && options.ResourceVersion != "0" ? matching[..Math.Min(options.Limit, matching.Length)] : matching;
        var metadata = new JsonObject { ["resourceVersion"] = from.Revision.ToString(CultureInfo.InvariantCulture) };
        if (page.Length < matching.Length)
        {
            metadata["continue"] = new ContinueToken(from.Revision, page[^1].Key.Namespace, page[^1].Key.Name).ToString();
            if (options.Selector.IsEmpty)
            {
                metadata["remainingItemCount"] = matching.Length - page.Length;
            }
        }

        return new JsonObject
        {
            ["kind"] = kind.ListKind,
            ["apiVersion"] = kind.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. page.Select(found => Item(kind, found))]),
        };
    }

    /// <summary>The state that a read at this version, or a later one, is answered from.</summary>
    public StoreState NotOlderThan(long version)
    {
        var cached = view.Cached;

        return version <= cached.Revision ? cached : throw Failures.TooLarge(version, cached.Revision);
    }

    private StoreState Start(ReadOptions options)
    {
        if (options.ResourceVersion.Length == 0)
        {
            return view.Newest;
        }

        // With a limit and without a word on matching, a version means exactly this one.
        var exact = options.Match == "Exact" || (options.Match.Length == 0 && options.Limit > 0 && options.Version > 0);
        if (!exact)
        {
            return NotOlderThan(options.Version);
        }

        return options.Version > state.Store.Now.Revision
            ? throw Failures.TooLarge(options.Version, state.Store.Now.Revision)
            : state.Store.At(options.Version) ?? throw Failures.Expired("The resourceVersion for the provided list is too old.");
    }

    private StoreState Continued(ContinueToken token)
    {
        if (token.Revision < 0)
        {
            return state.Store.Now;
        }

        return state.Store.At(token.Revision) ?? throw new ApiFailureException(
            410, "Expired",
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in "
            + "this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
            + "deleted between the time the first chunk was returned and now may show up in the list.")
        {
            Metadata = new JsonObject { ["continue"] = (token with { Revision = -1 }).ToString() },
        };
    }

    /// <summary>Items of built-in kinds do not say what they are; the list does.</summary>
    private static JsonObject Item(ResourceKind kind, StoredObject found)
    {
        var item = (JsonObject)kind.FromStorage(found.Content).DeepClone();
        if (kind.IsBuiltIn)
        {
            item.Remove("kind");
            item.Remove("apiVersion");
        }

        return item;
    }
}
