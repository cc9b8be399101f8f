using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.TestKit.Backends;

/// <summary>What a backend sends in its handshake: a certificate with its key, and exactly these further certificates in this order.</summary>
public sealed record PresentedChain
{
    /// <summary>Has its private key.</summary>
    public required X509Certificate2 Leaf { get; init; }

    /// <summary>Sent after the leaf as they are: also when they are wrong, too many or in the wrong order.</summary>
    public ImmutableArray<X509Certificate2> Others { get; init; } = [];

    /// <summary>Leaf first, as in a chain file.</summary>
    public static PresentedChain Of(X509Certificate2 leaf, params X509Certificate2[] others) => new() { Leaf = leaf, Others = [.. others] };

    internal SslStreamCertificateContext ToContext()
    {
        var context = NewContext(Leaf, new ReadOnlyCollection<X509Certificate2>([.. Others]), null);
        SetNoOcspFetch(context, true);

        return context;
    }

    // SslStreamCertificateContext.Create would sort, complete and trim the chain. A backend that sends nonsense is what this is for.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern SslStreamCertificateContext NewContext(
        X509Certificate2 target, ReadOnlyCollection<X509Certificate2> intermediates, SslCertificateTrust? trust);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void SetNoOcspFetch(SslStreamCertificateContext context, bool value);
}
