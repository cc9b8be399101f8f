using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>The words of what can be wrong with a TrustBundle.</summary>
internal static class BundleProblems
{
    public static Problem SourceNotFound(string field, string kind, ResourceKey key) => new(
        ProblemReason.SourceNotFound,
        field,
        $"{kind} '{key.Name}' does not exist in namespace '{key.Namespace}'. Create it, or correct the name.");

    public static Problem KeyNotFound(string field, string kind, ResourceKey key, string entry, ImmutableArray<string> existing) => new(
        ProblemReason.KeyNotFound,
        field,
        existing.IsEmpty
            ? $"{kind} '{key.Name}' has no key '{entry}': it is empty. Put the certificates there."
            : $"{kind} '{key.Name}' has no key '{entry}' "
                + $"(it has: {string.Join(", ", existing.Order(StringComparer.Ordinal).Take(10))}). Name one that holds CA certificates, or add it.");

    public static Problem Of(PemFault fault, string field, string what) => new(fault.Reason, field, $"{what} {fault.Text}. {fault.Remedy}");

    public static Problem Unsupported(string field, string what, string remedy) => new(
        ProblemReason.UnsupportedValue,
        field,
        $"{what} is not supported by this version. {remedy}");

    public static Problem Unread(Unread unread) => new(
        ProblemReason.UnsupportedValue,
        unread.Field,
        $"{unread.Fault.Message} Until then {(unread.StandIn == StandIn.LastGood ? "the last version that could be read holds" : "what is in force stays as it is")}.");

    public static Problem IntermediatesOnly(IEnumerable<BundleMember> intermediates) => new(
        ProblemReason.IntermediatesOnly,
        "spec.sources",
        $"There are only intermediate certificates ({Subjects(intermediates)}), and only self-issued roots anchor trust. Add the root they lead to.");

    public static Problem NoneValid(IEnumerable<BundleMember> ignored) => new(
        ProblemReason.NoValidCACertificate,
        "spec.sources",
        $"No certificate can anchor trust: {string.Join(", ", ignored.Take(3).Select(Why))}. Add a CA certificate that is valid now.");

    public static Problem TooLarge(int bytes) => new(
        ProblemReason.TooLarge,
        "spec.sources",
        $"The compiled bundle has {bytes} bytes, more than {TrustBundleCompiler.MaximumSize}. "
        + "Split it into several TrustBundles and name them all in caCertificateRefs.");

    private static string Why(BundleMember member) => member.Role == MemberRole.NotAnAnchor
        ? $"'{member.Subject}' is not a CA (pin it with publicKeyPins and trust its CA instead)"
        : $"'{member.Subject}' expired on {member.NotAfter:yyyy-MM-dd}";

    private static string Subjects(IEnumerable<BundleMember> members) => string.Join(", ", members.Take(3).Select(member => $"'{member.Subject}'"));
}
