using System.IO.Pipelines;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>A transport whose input is looked at on the way.</summary>
internal sealed class LimitedPipe(IDuplexPipe inner, PipeReader input) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => inner.Output;
}
