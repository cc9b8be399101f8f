using System.Globalization;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>Moments as Kubernetes writes them.</summary>
internal static class Times
{
    public static string Written(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string WrittenInMicroseconds(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
