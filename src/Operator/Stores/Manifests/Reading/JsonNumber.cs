using System.Text.Json.Nodes;

namespace Portcullis.Operator.Stores.Manifests.Reading;

/// <summary>A number as the API server sees it: <c>80.0</c> is the integer 80.</summary>
internal static class JsonNumber
{
    private const double LargestExact = 1L << 53;

    /// <summary>Null for what JSON cannot say: infinities and NaN.</summary>
    public static JsonValue? Create(double number) =>
        !double.IsFinite(number) ? null
        : double.IsInteger(number) && Math.Abs(number) <= LargestExact ? JsonValue.Create((long)number)
        : JsonValue.Create(number);
}
