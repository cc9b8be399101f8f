using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Events;

/// <summary>A transition as an Event of events.k8s.io/v1.</summary>
internal static class EventBody
{
    public const string Controller = "portcullis.dev/operator";

    // The limits of the API server: bytes of the note, and of an instance's name.
    private const int LongestNote = 1024;
    private const int LongestInstance = 128;

    // Leaves room for the digest in the 253 characters of a name.
    private const int LongestName = 230;

    public static JsonObject Of(EventSubject subject, Transition transition, string podName, DateTimeOffset now) => new()
    {
        ["apiVersion"] = ApiKind.Event.ApiVersion,
        ["kind"] = ApiKind.Event.Name,
        ["metadata"] = new JsonObject { ["name"] = NameOf(subject, transition), ["namespace"] = subject.Key.Namespace },
        ["eventTime"] = MicroTime(now),
        ["type"] = transition.IsWarning ? "Warning" : "Normal",
        ["reason"] = transition.Reason,
        ["action"] = ActionOf(transition.Condition),
        ["note"] = Note(transition.Text),
        ["reportingController"] = Controller,
        ["reportingInstance"] = podName.Length <= LongestInstance ? podName : podName[..LongestInstance],
        ["regarding"] = new JsonObject
        {
            ["apiVersion"] = subject.Kind.ApiVersion,
            ["kind"] = subject.Kind.Name,
            ["namespace"] = subject.Key.Namespace,
            ["name"] = subject.Key.Name,
            ["uid"] = subject.Uid,
            ["resourceVersion"] = subject.ResourceVersion,
        },
    };

    /// <summary>The API server accepts exactly six digits of a fraction.</summary>
    public static string MicroTime(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>At most 1 KiB, cut between words.</summary>
    public static string Note(string text)
    {
        const string Ellipsis = " …";

        if (Encoding.UTF8.GetByteCount(text) <= LongestNote)
        {
            return text;
        }

        var room = LongestNote - Encoding.UTF8.GetByteCount(Ellipsis);
        var cut = new StringBuilder();

        foreach (var rune in text.EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;

            if (room < 0)
            {
                break;
            }

            cut.Append(rune);
        }

        var fits = cut.ToString();
        var space = fits.LastIndexOf(' ');
        return (space > 0 ? fits[..space] : fits) + Ellipsis;
    }

    /// <summary>The same transition has the same name: told twice, it is there once.</summary>
    private static string NameOf(EventSubject subject, Transition transition)
    {
        var identity = $"{subject.Uid}|{transition.Condition}|{transition.IsWarning}|{transition.Reason}|{transition.Since.ToUnixTimeSeconds()}";
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..16];
        var name = subject.Key.Name.Length <= LongestName ? subject.Key.Name : subject.Key.Name[..LongestName].TrimEnd('-', '.');
        return $"{name}.{digest}";
    }

    private static string ActionOf(string condition) => condition switch
    {
        "Accepted" => "Validate",
        "ResolvedRefs" => "ResolveReferences",
        "Programmed" => "Program",
        "BackendsVerified" => "VerifyBackends",
        _ => "Serve",
    };
}
