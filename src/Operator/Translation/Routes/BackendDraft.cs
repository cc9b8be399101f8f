using System.Collections.Immutable;
using Portcullis.Contract.Configuration;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>One backend as it could be delivered, or why it cannot.</summary>
/// <param name="Configuration">Without endpoints when the backend is broken: its share of a rule's requests is answered 503.</param>
/// <param name="Problems">Empty when the backend can be served.</param>
/// <param name="Notices">What is wrong and leaves it served, by what was good before.</param>
internal sealed record BackendDraft(BackendConfiguration Configuration, ImmutableArray<Problem> Problems, ImmutableArray<Problem> Notices)
{
    public bool IsBroken => !Problems.IsEmpty;
}
