using System.Net;
using System.Text.RegularExpressions;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>Why something was not read, and what to do: the words of conditions and of the log.</summary>
internal sealed partial class ReadFaults(ClusterWatchOptions options)
{
    public static ReadFault NotAnswered(WatchTarget target) => new(
        ReadFaultReason.NotAnswered, $"The operator has asked for {target} and has no answer yet. Wait; the operator's log says what keeps it from being answered.");

    /// <param name="reference">The object.</param>
    /// <param name="field">Where reading stopped; empty when that is not known.</param>
    public static ReadFault Undecodable(ObjectRef reference, string field) => new(
        ReadFaultReason.Undecodable,
        $"{reference.Kind} '{reference.Key}' is there, but this operator cannot make sense of it{(field.Length == 0 ? "" : $" at {field}")}. " +
        "Correct the object, or upgrade the operator if a newer one wrote it.");

    public static ReadFault GrantsMissing { get; } = new(
        ReadFaultReason.KindMissing,
        "Gateway API's ReferenceGrant is not installed, so nothing in another namespace can be granted. Install Gateway API's CRDs, or keep what is referred to in the same namespace.");

    public ReadFault Outside(string ns) => new(
        ReadFaultReason.Forbidden,
        $"Namespace '{ns}' is none of those that this operator watches ({string.Join(", ", options.WatchNamespaces)}). Add it to watchNamespaces of the chart, or refer to a watched one.");

    public ReadFault Of(WatchTarget target, ApiRefusal refusal) => refusal.Code switch
    {
        HttpStatusCode.Unauthorized => new(
            ReadFaultReason.Forbidden,
            $"The API server does not accept who the operator says it is, so {target} cannot be read. Check the operator's ServiceAccount, and restart its pods if it was made anew."),
        HttpStatusCode.NotFound => Missing(target.Selection.Kind),
        _ => new(ReadFaultReason.Forbidden, $"The operator may not list and watch {target}. {Remedy(target, refusal)}"),
    };

    private static ReadFault Missing(ApiKind kind) => kind.Name == ApiKind.ReferenceGrant.Name ? GrantsMissing : new(
        ReadFaultReason.KindMissing,
        $"The API server does not know {kind.Name} ({kind.ApiVersion}). " +
        (kind.Group == TrustBundle.Group ? "Install the CRDs: kubectl apply --server-side -f deploy/crds" : "Upgrade the cluster to a version that has it."));

    private string Remedy(WatchTarget target, ApiRefusal refusal)
    {
        var selection = target.Selection;
        var account = Account(refusal);

        if (selection.Kind.Name == ReferencedObjects.Secret)
        {
            return $"Allow it in that namespace: kubectl create rolebinding {options.SecretReader} --clusterrole={options.SecretReader} --serviceaccount={account} -n {selection.Namespace}";
        }

        var resource = selection.Kind.Group.Length == 0 ? selection.Kind.Plural : $"{selection.Kind.Plural}.{selection.Kind.Group}";
        var where = (selection.Namespace is { } ns ? $" in namespace {ns}" : "") + (selection.Name is { } name ? $", named {name}" : "");

        return $"Upgrade the chart, whose roles allow it, or allow ServiceAccount {account} to list and watch {resource}{where}.";
    }

    private string Account(ApiRefusal refusal) =>
        ServiceAccountUser().Match(refusal.Message) is { Success: true } user ? $"{user.Groups[1].Value}:{user.Groups[2].Value}" : options.ServiceAccount;

    /// <summary>How the API server calls a ServiceAccount when it refuses it something.</summary>
    [GeneratedRegex(@"""system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9.-]{1,253})""", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceAccountUser();
}
