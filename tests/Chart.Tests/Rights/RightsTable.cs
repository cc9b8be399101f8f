using Portcullis.Chart.Tests.Rendered;

namespace Portcullis.Chart.Tests.Rights;

/// <summary>Who may do what, for people.</summary>
internal static class RightsTable
{
    public static string Of(Rendering rendering)
    {
        var grants = Grants.Of(rendering);
        var without = rendering.OfKind("ServiceAccount").Select(account => $"{account.Namespace}/{account.Name}").Except(grants.Select(grant => grant.Who));
        var rows = grants
            .Select(grant => $"| {grant.Who} | {grant.Where} | {grant.Resource} | {string.Join(", ", grant.Verbs)} | {string.Join(", ", grant.Names)} |")
            .Concat(without.Select(who => $"| {who} | nowhere | nothing | | |"))
            .Order(StringComparer.Ordinal);

        return $"""
            Derived by a test from `rendered.yaml`. Nothing else is granted.

            | Who | Where | What | May | Only these |
            |---|---|---|---|---|
            {string.Join('\n', rows)}

            API tokens are mounted in: {string.Join(", ", rendering.Deployments.Where(MountsToken).Select(one => one.Name))}.

            """;
    }

    private static bool MountsToken(RenderedObject deployment) => deployment.Pod["automountServiceAccountToken"]?.GetValue<bool>() ?? true;
}
