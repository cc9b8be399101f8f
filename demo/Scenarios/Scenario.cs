using System.Collections.Immutable;
using Portcullis.Contract.Verdicts;
using Portcullis.TestKit.Backends;

namespace Portcullis.Demo.Scenarios;

/// <summary>One backend, how it presents itself, how its route verifies it, and what must come of it.</summary>
internal sealed record Scenario
{
    /// <summary>A DNS label: the route is called so, and its host begins with it.</summary>
    public required string Name { get; init; }

    /// <summary>Null when the backend must be verified.</summary>
    public VerdictReason? Expected { get; init; }

    /// <summary>What the backend presents when no virtual host is asked for; null when it speaks plain HTTP.</summary>
    public PresentedChain? Default { get; init; }

    /// <summary>A second site on the same port, presented to those who ask for it by SNI.</summary>
    public (string Name, PresentedChain Chain)? VirtualHost { get; init; }

    /// <summary>The lines under <c>validation:</c> that say who the backend must be.</summary>
    public required ImmutableArray<string> Identity { get; init; }

    /// <summary>What the backend sees as Host; Preserve is what a route does unless it says otherwise.</summary>
    public string HostHeader { get; init; } = "Preserve";

    /// <summary>The TrustBundle it is verified against.</summary>
    public string Bundle { get; init; } = DemoBundles.Company;
}
