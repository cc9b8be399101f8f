using System.Collections.Immutable;
using System.Net;
using Portcullis.Contract;

namespace Portcullis.Gateway.Link;

/// <summary>Where the operator is, how it is verified, and who is calling.</summary>
internal sealed record LinkOptions
{
    /// <summary>Always https. Its name is the one every replica's certificate must have.</summary>
    public required Uri Operator { get; init; }

    /// <summary>PEM of the only authorities that may vouch for the operator; read at every connection.</summary>
    public required string CaFile { get; init; }

    /// <summary>The bearer token that proves who this gateway is; read at every connection, because tokens expire.</summary>
    public required string TokenFile { get; init; }

    /// <summary>Name of the declared gateway to serve for.</summary>
    public string Gateway { get; init; } = "default";

    /// <summary>Shown in status.</summary>
    public string PodName { get; init; } = "gateway";

    /// <summary>Two streams of one uid are one gateway that came back: the newer one counts.</summary>
    public string PodUid { get; init; } = Guid.NewGuid().ToString();

    /// <summary>Where the last good configuration is kept for a start without the operator; null when it is not kept.</summary>
    public string? SavedConfiguration { get; init; }

    /// <summary>An operator silent for this long counts as gone, whatever its connection looks like.</summary>
    public TimeSpan OperatorTimeout { get; init; } = TimeSpan.FromSeconds(45);

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>With several addresses, one that answers nothing must not keep the others waiting for long.</summary>
    public TimeSpan ConnectTimeoutOfMany { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Where the operator's replicas are, asked anew in each round.</summary>
    public Func<Uri, CancellationToken, Task<ImmutableArray<IPEndPoint>>> Addresses { get; init; } = OperatorAddresses.FindAsync;

    /// <summary>HTTP/2 pings: they find a dead path sooner than heartbeats do.</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public Backoff Reconnect { get; init; } = new(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(5));

    /// <summary>A stream that lived this long starts the waits between tries anew.</summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What is wrong with them, each line naming the option and an example of a right one.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Operator.IsAbsoluteUri || Operator.Scheme != Uri.UriSchemeHttps)
        {
            yield return $"--operator must be an https address, such as https://127.0.0.1:9443; it is '{Operator}'.";
        }

        if (CaFile.Length == 0)
        {
            yield return "--operator-ca must name the PEM file of the operator's authority, such as state/link/ca.crt.";
        }

        if (TokenFile.Length == 0)
        {
            yield return "--token-file must name the file of this gateway's token, such as state/link/token.";
        }

        if (Gateway.Length == 0)
        {
            yield return "--name must be the name of a gateway that the operator declares, such as default.";
        }

        if (HeartbeatInterval >= OperatorTimeout)
        {
            yield return $"The heartbeat interval ({HeartbeatInterval}) must be shorter than the time after which silence counts as loss ({OperatorTimeout}).";
        }
    }
}
