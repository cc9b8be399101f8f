using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Hosting;

/// <summary>Opens the session key, and hands on why it cannot be opened when somebody has to act before it can: the routes that need it say so in their status.</summary>
internal sealed class SessionKeyWatch(Func<CancellationToken, Task<SessionKey>> open, ResourceKey secret, Latest<SessionKeyProblem> problems)
{
    /// <exception cref="InvalidDataException">As it comes.</exception>
    /// <exception cref="ApiRefusedException">As it comes.</exception>
    public async Task<SessionKey> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var key = await open(cancellationToken).ConfigureAwait(false);
            Tell(null);
            return key;
        }
        catch (InvalidDataException foreign)
        {
            Tell(foreign.Message);
            throw;
        }
        catch (ApiRefusedException refused) when (refused.Refusal.IsAnswer)
        {
            Tell($"{refused.Message} Give the operator's ServiceAccount the verbs get, create and update on the Secret {secret}, as the chart does.");
            throw;
        }
    }

    // An API server that is away for a moment is nobody's to mend here, and changes nothing in what was said.
    private void Tell(string? problem)
    {
        if (problems.Value?.Message != problem)
        {
            problems.Offer(new SessionKeyProblem(problem));
        }
    }
}
