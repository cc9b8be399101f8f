using Portcullis.Gateway.Proxy.Forwarding;

namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>The one handler that YARP holds for a backend, whatever becomes of the client behind it.</summary>
internal sealed class BackendClient : HttpMessageHandler
{
    private readonly Lock gate = new();
    private Func<ClientGeneration> create;
    private volatile ClientGeneration current;
    private bool retired;

    public BackendClient(Func<ClientGeneration> create)
    {
        this.create = create;
        current = create();
    }

    /// <summary>New requests get a new client at once; the old one ends with the requests that wait in it.</summary>
    public void Renew(Func<ClientGeneration> createNext)
    {
        lock (gate)
        {
            create = createNext;
            Replace();
        }
    }

    /// <summary>No request will come any more, apart from those that read the route table before it changed.</summary>
    public void Retire()
    {
        lock (gate)
        {
            if (!retired)
            {
                retired = true;
                current.Retire();
            }
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request is { Version.Major: 2, Content: { } content } ? new RepeatableBody(content) : null;
        request.Content = body ?? request.Content ?? WithoutBody(request);
        var generation = Enter();
        try
        {
            return await generation.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            body?.Settle();
            generation.Leave();
        }
    }

    // Over HTTP/1.1 the client sends again by itself what has no body when a connection ends that had served before, whatever the method: it cannot know whether
    // the backend has done what it was asked for. An empty body keeps it from that.
    private static ByteArrayContent? WithoutBody(HttpRequestMessage request) =>
        request.Version.Major == 1 && !Repeatable.IsIdempotent(request.Method.Method) ? new ByteArrayContent([]) : null;

    private ClientGeneration Enter()
    {
        while (true)
        {
            var generation = current;
            if (generation.TryEnter())
            {
                return generation;
            }

            // Either it was replaced this very moment, or the backend is retired and a late request needs a client of its own.
            lock (gate)
            {
                if (retired && ReferenceEquals(generation, current))
                {
                    current = create();
                    var entered = current.TryEnter();
                    current.Retire();
                    if (entered)
                    {
                        return current;
                    }
                }
            }
        }
    }

    private void Replace()
    {
        var old = current;
        current = create();
        if (retired)
        {
            current.Retire();
        }
        else
        {
            old.Retire();
        }
    }
}
