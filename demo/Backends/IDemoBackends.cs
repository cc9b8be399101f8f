using System.Collections.Immutable;
using Portcullis.Demo.Scenarios;

namespace Portcullis.Demo.Backends;

/// <summary>Real servers, one scenario a port.</summary>
internal interface IDemoBackends : IAsyncDisposable
{
    ImmutableArray<ServedScenario> Served { get; }
}
