using System.Net;
using Microsoft.AspNetCore.Http;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Handover;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Mounts;
using Portcullis.Gateway.Proxy.Answers;
using Portcullis.Gateway.Proxy.Applying;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.Gateway.Proxy.Forwarding;
using Portcullis.Gateway.Proxy.Health;
using Portcullis.Gateway.Proxy.Reporting;
using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Proxy;

/// <summary>The data path: takes configurations and mounts, serves requests, reports what it runs and what it saw.</summary>
internal sealed partial class ProxyEngine : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource ends = new();
    private readonly CancellationTokenSource webSocketsEnd = new();
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly YarpParts yarp;
    private readonly Applier applier;
    private readonly Dispatch dispatch;
    private readonly ReportPublisher reports;
    private readonly ITimer waiting;
    private VersionedConfiguration? applied;
    private MountedBundles mounts = MountedBundles.Empty;
    private volatile RouteTable? table;

    public ProxyEngine(ProxyOptions options, TimeProvider time, ILogger<ProxyEngine> logger)
    {
        this.logger = logger;
        this.time = time;
        yarp = new YarpParts(time);
        reports = new ReportPublisher(Report, options.ReportDelay, time);
        var dialer = new Dialer(AddressPolicy.Allowing(options.AllowedNetworks), new Resolver(Dns.GetHostAddressesAsync, time, logger), time);
        var connector = new Connector(dialer, new VerdictLog(logger, reports.Changed), time);
        applier = new Applier(dialer, connector, yarp, options, new HealthLog(logger), time);
        dispatch = new Dispatch(yarp, options, time, logger, ends.Token, webSocketsEnd.Token);
        waiting = time.CreateTimer(_ => ApplyAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whole reports: everything applied, every bundle, the newest observation of each endpoint.</summary>
    public Latest<GatewayReport> Reports => reports.Reports;

    /// <summary>
    /// Makes this what is served. Cheap when little changed. A configuration older than the one in force is refused (P5), the mounts are taken all the same.
    /// </summary>
    public void Apply(VersionedConfiguration configuration, MountedBundles mounted)
    {
        lock (gate)
        {
            if (applied is { } held && configuration.Version < held.Version)
            {
                Log.Older(logger, configuration.Version, held.Version);
                configuration = held;
            }

            applied = configuration;
            mounts = mounted;
            Turn(configuration);
        }
    }

    /// <summary>Serves one request; always answers.</summary>
    public Task InvokeAsync(HttpContext context) =>
        table is { } current ? dispatch.HandleAsync(context, current) : AnswerWriter.WriteAsync(context, Answer.NotConfigured);

    /// <summary>Tells the clients of WebSockets that the gateway goes away, so that they come back elsewhere.</summary>
    public void EndWebSockets() => webSocketsEnd.Cancel();

    /// <summary>Ends what is still running, for the end of a graceful stop: downloads and WebSockets would hold it for ever.</summary>
    public void EndRequests() => ends.Cancel();

    public void Dispose()
    {
        waiting.Dispose();
        lock (gate)
        {
            applier.Dispose();
        }

        reports.Dispose();
        dispatch.Dispose();
        yarp.Dispose();
        ends.Dispose();
        webSocketsEnd.Dispose();
    }

    private void ApplyAgain()
    {
        lock (gate)
        {
            if (applied is not null)
            {
                Turn(applied);
            }
        }
    }

    private void Turn(VersionedConfiguration configuration)
    {
        table = applier.Turn(configuration.Configuration, mounts, table ?? RouteTable.Empty);
        applier.Finish();

        if (applier.NextDeadline is { } deadline)
        {
            var due = deadline - time.GetUtcNow();
            waiting.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        reports.Changed();
    }

    private GatewayReport Report()
    {
        lock (gate)
        {
            return new GatewayReport { Applied = Applied(), Bundles = applier.Bundles, Observations = [.. applier.Observations] };
        }
    }

    private AppliedConfiguration? Applied() => applied is null
        ? null
        : new AppliedConfiguration
        {
            Epoch = applied.Version.Epoch,
            Sequence = applied.Version.Sequence,
            Revision = applied.Configuration.Revision,
            Refused = applier.Refused,
            Pending = applier.Pending,
        };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Refused configuration {Offered}: {Held} is in force and newer.")]
        public static partial void Older(ILogger logger, ConfigurationVersion offered, ConfigurationVersion held);
    }
}
