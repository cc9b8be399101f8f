using System.IO.Pipelines;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>A transport that is looked at on the way, in both directions.</summary>
internal sealed class LimitedPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;
}
