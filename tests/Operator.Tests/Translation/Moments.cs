namespace Portcullis.Operator.Tests.Translation;

/// <summary>The moment of tests that are about something else.</summary>
internal static class Moments
{
    public static DateTimeOffset Now { get; } = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
}
