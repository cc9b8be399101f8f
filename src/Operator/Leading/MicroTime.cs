using System.Globalization;

namespace Portcullis.Operator.Leading;

/// <summary>Times of a Lease as the API server wants them: UTC with exactly six digits after the second, also on a whole second.</summary>
internal static class MicroTime
{
    public static string Of(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
