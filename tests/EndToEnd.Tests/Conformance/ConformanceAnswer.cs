using System.Collections.Immutable;
using System.Globalization;

namespace Portcullis.EndToEnd.Tests.Conformance;

/// <summary>What a client is told.</summary>
/// <param name="Fields">Several of one name with commas between them, as they came.</param>
internal sealed record ConformanceAnswer(int Status, ImmutableDictionary<string, string> Fields)
{
    /// <summary>From the bytes of HTTP/1.1.</summary>
    public static ConformanceAnswer Of(string message)
    {
        var head = message[..message.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");

        return new ConformanceAnswer(
            int.Parse(head[0].AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture),
            Joined(head.Skip(1).Select(line => line.Split(':', 2)).Select(field => (field[0], field[1].Trim()))));
    }

    public static ConformanceAnswer Of(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        Joined(response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).SelectMany(field => field.Value.Select(value => (field.Key, value)))));

    private static ImmutableDictionary<string, string> Joined(IEnumerable<(string Name, string Value)> fields) => fields
        .GroupBy(field => field.Name, field => field.Value, StringComparer.OrdinalIgnoreCase)
        .ToImmutableDictionary(group => group.Key, group => string.Join(',', group), StringComparer.OrdinalIgnoreCase);
}
