using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Portcullis.Contract.Wire;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Tests.Delivery;

namespace Portcullis.EndToEnd.Tests.BothEnds;

/// <summary>An operator that sends what the test says, right or wrong, behind the real endpoint.</summary>
internal sealed class ScriptedOperator : GatewayLink.GatewayLinkBase
{
    private readonly Channel<Hello> hellos = Channel.CreateUnbounded<Hello>();
    private readonly ConcurrentQueue<OperatorMessage[]> scripts = new();

    /// <summary>Each stream takes one script, in order, and then stays open.</summary>
    public static async Task<(OperatorEnd End, ScriptedOperator Script)> StartAsync(params OperatorMessage[][] scripts)
    {
        var scripted = new ScriptedOperator();

        foreach (var script in scripts)
        {
            scripted.scripts.Enqueue(script);
        }

        var end = await OperatorEnd.StartAsync(new FleetHub([], epoch: 0), folder: null, port: 0, options: null, app => app.MapGrpcService<ScriptedOperator>(), services => services.AddSingleton(scripted));
        return (end, scripted);
    }

    public ValueTask<Hello> NextHelloAsync() => hellos.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public override async Task Connect(IAsyncStreamReader<GatewayMessage> requestStream, IServerStreamWriter<OperatorMessage> responseStream, ServerCallContext context)
    {
        await requestStream.MoveNext(context.CancellationToken);
        scripts.TryDequeue(out var script);
        hellos.Writer.TryWrite(requestStream.Current.Hello);

        foreach (var message in script ?? [])
        {
            await responseStream.WriteAsync(message, context.CancellationToken);
        }

        while (await requestStream.MoveNext(context.CancellationToken))
        {
        }
    }
}
