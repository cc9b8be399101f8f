using Portcullis.Contract.Verdicts;

namespace Portcullis.Demo.Scenarios;

/// <summary>What came of one request through the gateway.</summary>
internal sealed record Outcome
{
    public required ServedScenario Served { get; init; }

    /// <summary>The gateway's HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The code in the gateway's Proxy-Status; null when the backend answered.</summary>
    public string? Code { get; init; }

    /// <summary>What the route's status file says of the backend.</summary>
    public required string Text { get; init; }

    public bool IsAsExpected => Served.Scenario.Expected is { } reason
        ? Status == 502 && Code == VerdictText.Code(reason) && Served.ApplicationBytes?.Invoke() is null or 0
        : Status == 200 && Code is null;

    public string Expected => Served.Scenario.Expected is { } reason ? $"{VerdictText.Code(reason)} {reason}" : "verified";

    public string Got => Code is null ? $"{Status}" : $"{Status} {Code}";

    /// <summary>Decrypted bytes that reached the backend, where they can be counted.</summary>
    public string Bytes => Served.ApplicationBytes is { } count ? $"{count()}" : "-";
}
