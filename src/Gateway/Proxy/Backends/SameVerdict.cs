using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>Whether two verdicts say the same to a reader. Records do not compare their lists, and moments differ every time.</summary>
internal static class SameVerdict
{
    public static bool Same(Verdict one, Verdict other) => (one, other) switch
    {
        (Verdict.Trusted a, Verdict.Trusted b) =>
            a.Anchor.Sha256 == b.Anchor.Sha256 && SameLeaf(a.Evidence, b.Evidence) && a.Evidence.TlsVersion == b.Evidence.TlsVersion,
        (Verdict.Refused a, Verdict.Refused b) => a.Reason == b.Reason && SameLeaf(a.Evidence, b.Evidence) && a.Evidence.Detail == b.Evidence.Detail,
        _ => false,
    };

    private static bool SameLeaf(Evidence one, Evidence other) =>
        one.Presented.FirstOrDefault()?.Sha256 == other.Presented.FirstOrDefault()?.Sha256 && one.NamesChecked.SequenceEqual(other.NamesChecked);
}
