using System.Globalization;
using Portcullis.TestKit.Backends;

namespace Portcullis.EndToEnd.Tests.Conformance;

/// <summary>What backends are to receive: so many requests, all of them alike.</summary>
/// <param name="Backend">The letter or word that the case's manifests have for its port.</param>
/// <param name="Target">Path and query.</param>
internal sealed record ConformanceReceipt(int Count, string Backend, string Target, SoughtFields Fields)
{
    public static ConformanceReceipt Nothing { get; } = new(0, "", "", SoughtFields.Of([]));

    /// <summary>As <see cref="Lines(IEnumerable{ValueTuple{string, RecordedRequest}})"/> writes what came.</summary>
    public IEnumerable<string> Lines() => Enumerable.Repeat(Line(Backend, Target, Fields.ToString()), Count);

    public IEnumerable<string> Lines(IEnumerable<(string Backend, RecordedRequest Request)> received) =>
        received.Select(arrived => Line(arrived.Backend, arrived.Request.Target, Fields.FoundIn(FieldsOf(arrived.Request))));

    private static string Line(string backend, string target, string fields) => string.Create(CultureInfo.InvariantCulture, $"{backend} {target}{fields}");

    private static Dictionary<string, string> FieldsOf(RecordedRequest request) => new(request.Headers, StringComparer.OrdinalIgnoreCase)
    {
        ["Host"] = request.Host,
        [":method"] = request.Method,
        [":protocol"] = request.Protocol,
        [":sni"] = request.ServerName ?? "",
    };
}
