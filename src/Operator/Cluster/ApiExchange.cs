namespace Portcullis.Operator.Cluster;

/// <summary>An answer whose body is still to be read, on a transport that lives that long.</summary>
internal sealed class ApiExchange(HttpResponseMessage response, ApiTransport transport, string? token) : IDisposable
{
    private int isDisposed;

    public HttpResponseMessage Response => response;

    /// <summary>What was shown; null for none. Whatever is repeated of the answer must not contain it.</summary>
    public string? Token => token;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 0)
        {
            response.Dispose();
            transport.Leave();
        }
    }
}
