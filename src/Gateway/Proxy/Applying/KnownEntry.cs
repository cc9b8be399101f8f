using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>One entry as it was pushed and what is made of it.</summary>
/// <param name="Newest">As pushed.</param>
/// <param name="Serving">Decoded; its predecessor when it is not understood, or says that the predecessor is to be kept; null when there is neither.</param>
/// <param name="Refusal">Null when it can be run as it is.</param>
internal sealed record KnownEntry(EncodedEntry Newest, ConfigurationEntry? Serving, EntryProblem? Refusal);
