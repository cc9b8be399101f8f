using System.Collections.Immutable;

namespace Portcullis.EndToEnd.Tests.Comparison;

/// <summary>The same job for every proxy.</summary>
/// <param name="Port">Where it serves HTTPS on 127.0.0.1.</param>
/// <param name="ChainFile">Its own certificate.</param>
/// <param name="KeyFile">And key.</param>
/// <param name="BothFile">Certificate and key in one, as HAProxy wants them.</param>
/// <param name="RootFile">The company's root.</param>
/// <param name="Routes">By host.</param>
internal sealed record FrontSetup(int Port, string ChainFile, string KeyFile, string BothFile, string RootFile, ImmutableArray<ComparedRoute> Routes);
