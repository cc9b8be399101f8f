namespace Portcullis.TestKit.FakeApiServer;

/// <summary>How an <see cref="ApiServer"/> is to be.</summary>
public sealed record ApiServerOptions
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>As a real server has it by default: hundreds of watches need several connections.</summary>
    public int StreamsPerConnection { get; init; } = 250;

    /// <summary>Namespaces that are there from the start.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = ["default", "kube-system"];
}
