namespace Portcullis.Operator.Cluster;

/// <summary>A watch that was admitted: its body, to be read line by line. Dispose ends it.</summary>
internal sealed class ApiStream(HttpResponseMessage response, Stream body) : IDisposable
{
    public Stream Body => body;

    public void Dispose()
    {
        body.Dispose();
        response.Dispose();
    }
}
