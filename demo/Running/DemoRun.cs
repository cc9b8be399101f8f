using System.Collections.Immutable;
using Portcullis.Demo.Backends;
using Portcullis.Demo.Manifests;
using Portcullis.Demo.Scenarios;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Standalone;

namespace Portcullis.Demo.Running;

/// <summary>Operator and gateway as separate processes, one request to each scenario, and what came of it.</summary>
internal static class DemoRun
{
    public static async Task<ImmutableArray<Outcome>> OutcomesAsync(
        DemoPki pki, IDemoBackends backends, DemoFolder folder, Action<string> progress, CancellationToken cancellationToken)
    {
        foreach (var (name, content) in DemoManifests.All(pki, backends.Served))
        {
            folder.WriteManifest(name, content);
        }

        await using var @operator = await OperatorProcess.StartAsync(
            folder.Manifests, folder.State, $"{DemoManifests.Namespace}/{DemoManifests.FrontCertificate}", cancellationToken).ConfigureAwait(false);
        progress($"operator  pid {@operator.Process.Id}, {@operator.Address} over {Path.GetRelativePath(".", folder.Manifests)}");

        await using var gateway = await GatewayProcess.StartAsync(@operator, folder.Saved, httpsPort: 0, cancellationToken).ConfigureAwait(false);
        progress($"gateway   pid {gateway.Process.Id}, https://{gateway.EndPoint}");

        using var client = TestClient.To(gateway.EndPoint, pki.Root.Certificate);
        var requests = new FrontRequests(client, new StatusFiles(@operator.Statuses));

        return [.. await Task.WhenAll(backends.Served.Select(served => requests.AskAsync(served, cancellationToken))).ConfigureAwait(false)];
    }
}
