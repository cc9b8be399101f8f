using System.Globalization;
using Microsoft.AspNetCore.Http;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>How something is to be read, from the query of a request.</summary>
internal sealed record ReadOptions
{
    public required Selector Selector { get; init; }

    /// <summary>Empty for the newest, <c>0</c> for any.</summary>
    public string ResourceVersion { get; init; } = "";

    public string Match { get; init; } = "";

    /// <summary>0 for no limit.</summary>
    public int Limit { get; init; }

    public string Continue { get; init; } = "";

    public bool Watch { get; init; }

    public bool AllowBookmarks { get; init; }

    public bool SendInitialEvents { get; init; }

    /// <summary>Null when the server chooses.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The version as a number; 0 when it is not given.</summary>
    public long Version => ResourceVersion.Length == 0 ? 0 : ParseVersion(ResourceVersion);

    public static ReadOptions Parse(IQueryCollection query, ResourceKind kind)
    {
        var options = new ReadOptions
        {
            Selector = Selector.Parse(query["labelSelector"].ToString(), query["fieldSelector"].ToString(), kind),
            ResourceVersion = query["resourceVersion"].ToString(),
            Match = query["resourceVersionMatch"].ToString(),
            Limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var limit) ? limit : 0,
            Continue = query["continue"].ToString(),
            Watch = IsTrue(query, "watch"),
            AllowBookmarks = IsTrue(query, "allowWatchBookmarks"),
            SendInitialEvents = IsTrue(query, "sendInitialEvents"),
            Timeout = double.TryParse(query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null,
        };
        options.RefuseContradictions();

        return options;
    }

    public static long ParseVersion(string version) => long.TryParse(version, CultureInfo.InvariantCulture, out var number) && number >= 0
        ? number
        : throw Failures.BadRequest($"Invalid value: \"{version}\": resource version must be a non-negative integer or empty");

    private void RefuseContradictions()
    {
        if (Watch)
        {
            Forbid(SendInitialEvents && Match.Length == 0, "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
            Forbid(!SendInitialEvents && Match.Length > 0, "resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            Forbid(Continue.Length > 0, "continue", "continue is not supported for watch");
            return;
        }

        Forbid(SendInitialEvents, "sendInitialEvents", "sendInitialEvents is forbidden for list");
        Forbid(Match.Length > 0 && ResourceVersion.Length == 0, "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        Forbid(Match.Length > 0 && Continue.Length > 0, "resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
        Forbid(Match == "Exact" && ResourceVersion == "0", "resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");

        if (Match is not ("" or "Exact" or "NotOlderThan"))
        {
            throw Failures.InvalidOptions("ListOptions", FieldFault.Unsupported("resourceVersionMatch", Match, "Exact", "NotOlderThan", ""));
        }

        if (Continue.Length > 0 && ResourceVersion is not ("" or "0"))
        {
            throw Failures.BadRequest("specifying resource version is not allowed when using continue");
        }
    }

    private static void Forbid(bool found, string field, string detail)
    {
        if (found)
        {
            throw Failures.InvalidOptions("ListOptions", FieldFault.Forbidden(field, detail));
        }
    }

    private static bool IsTrue(IQueryCollection query, string name) => query[name].ToString() is "true" or "1";
}
