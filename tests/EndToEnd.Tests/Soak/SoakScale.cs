using System.Globalization;

namespace Portcullis.EndToEnd.Tests.Soak;

/// <summary>How much is done: little in <c>make test</c>, all of it in <c>make soak</c>, which says so in variables of these names.</summary>
internal static class SoakScale
{
    public static int Flips => Of("SOAK_FLIPS", 50);

    public static int FlipRequests => Of("SOAK_FLIP_REQUESTS", 2_000);

    public static int Restarts => Of("SOAK_RESTARTS", 2);

    public static int ShortRequests => Of("SOAK_SHORT_REQUESTS", 500);

    public static int LongRequests => Of("SOAK_LONG_REQUESTS", 6);

    /// <summary>One after the other: what the first leaves behind is code that had never run, what others leave would be a leak.</summary>
    public static int Attacks => Of("SOAK_ATTACKS", 1);

    /// <summary>On each of two connections before an attack, so that its memory is compared with that of a gateway at work.</summary>
    public static int WarmRequests => SlowConnections / 4;

    public static int SlowConnections => Of("SOAK_SLOW_CONNECTIONS", 200);

    public static int StalledHandshakes => Of("SOAK_STALLED_HANDSHAKES", 100);

    /// <summary>Of each kind: header bombs, resets of streams, resets of connections.</summary>
    public static int Bombs => Of("SOAK_BOMBS", 20);

    private static int Of(string variable, int small) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : small;
}
