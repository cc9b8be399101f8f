using System.Collections.Immutable;
using System.Net;
using Portcullis.Contract;
using Portcullis.Hosting;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Hosting;

/// <summary>What an operator without a cluster is told.</summary>
internal sealed record StandaloneOptions
{
    public required string Manifests { get; init; }

    /// <summary>Holds what is written: bundles, statuses, what was accepted, and the link's authority and token.</summary>
    public required string State { get; init; }

    public required IPEndPoint Listen { get; init; }

    /// <summary>Null when nobody asks.</summary>
    public IPEndPoint? Health { get; init; }

    public ImmutableArray<string> Gateways { get; init; } = ["default"];

    /// <summary>Null when gateways make a self-signed one.</summary>
    public ResourceKey? DefaultCertificate { get; init; }

    public LogFormat Log { get; init; } = LogFormat.Text;

    public string LinkFolder => Path.Combine(State, "link");

    public TranslationOptions Translation => new()
    {
        Gateways = [.. Gateways.Select(name => new DeclaredGateway { Name = name, DefaultCertificate = DefaultCertificate })],

        // A route must not make a gateway talk to the operator itself (P10).
        ForbiddenEndpoints = [.. new[] { Listen, Health }.OfType<IPEndPoint>().Select(address => address.ToString())],
    };

    /// <summary>What is wrong with them together, each line naming the option and an example of a right one.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Directory.Exists(Manifests))
        {
            yield return $"--manifests must be a folder that exists, such as samples; there is none at '{Manifests}'.";
        }

        if (Path.GetFullPath(State).TrimEnd(Path.DirectorySeparatorChar) == Path.GetFullPath(Manifests).TrimEnd(Path.DirectorySeparatorChar))
        {
            yield return $"--state must be another folder than --manifests, such as state; both are '{State}'.";
        }

        if (Health?.Port == Listen.Port)
        {
            yield return $"--health must have another port than --listen, such as 127.0.0.1:8082; both are {Listen.Port}.";
        }
    }
}
