using System.IO.Pipelines;

namespace Portcullis.TestKit.Backends;

/// <summary>A connection's transport whose received bytes are counted.</summary>
internal sealed class CountingDuplexPipe(IDuplexPipe inner, Action<int> received) : IDuplexPipe
{
    public PipeReader Input { get; } = PipeReader.Create(new CountingStream(inner.Input.AsStream(), received));

    public PipeWriter Output => inner.Output;
}
