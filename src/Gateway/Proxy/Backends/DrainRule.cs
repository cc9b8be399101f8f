using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>How long requests may go on over connections whose trust was removed.</summary>
internal sealed record DrainRule(TimeSpan Time)
{
    private static readonly DrainRule Usual = new(TimeSpan.FromSeconds(30));

    /// <summary>The strictest of the bundles'. With none left what held before still holds, so that deleting a bundle is no way around its rule.</summary>
    public static DrainRule StrictestOf(IEnumerable<BundleEntry> bundles, DrainRule? before) =>
        bundles.Select(Of).MinBy(rule => rule.Time) ?? before ?? Usual;

    private static DrainRule Of(BundleEntry bundle) => new(bundle.OnRemoval == OnRemoval.Close ? TimeSpan.Zero : bundle.DrainTime);
}
