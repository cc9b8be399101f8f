using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>What an object needs to be read besides itself.</summary>
internal static class ReferencedObjects
{
    public const string ConfigMap = "ConfigMap";
    public const string Secret = "Secret";
    public const string Service = "Service";

    /// <summary>The kind of a reference to anything in another namespace.</summary>
    public const string Anything = "";

    public static ImmutableHashSet<ObjectRef> Of<T>(ResourceKey key, T subject) => subject switch
    {
        BackendRoute route => [.. OfRoute(route.Spec, key.Namespace)],
        TrustBundle bundle => [.. OfBundle(bundle.Spec, key.Namespace)],
        _ => [],
    };

    private static IEnumerable<ObjectRef> OfRoute(BackendRouteSpec route, string ns) =>
    [
        .. route.Frontend?.CertificateRef is { } front ? [new ObjectRef(Secret, new ResourceKey(ns, front.Name))] : Array.Empty<ObjectRef>(),
        .. route.Backends.SelectMany(backend => OfBackend(backend, ns)),
    ];

    private static IEnumerable<ObjectRef> OfBackend(Backend backend, string ns)
    {
        if (backend.Tls.ClientCertificateRef is { } client)
        {
            yield return new ObjectRef(Secret, new ResourceKey(ns, client.Name));
        }

        if (backend.ServiceRef is { } service)
        {
            yield return new ObjectRef(Service, new ResourceKey(service.Namespace ?? ns, service.Name));
        }

        foreach (var other in OtherNamespaces(backend, ns))
        {
            yield return ObjectRef.Namespace(Anything, other);
        }
    }

    private static IEnumerable<string> OtherNamespaces(Backend backend, string ns) =>
        backend.Tls.Validation.CaCertificateRefs.Select(bundle => bundle.Namespace).Append(backend.ServiceRef?.Namespace).OfType<string>().Where(other => other != ns);

    private static IEnumerable<ObjectRef> OfBundle(TrustBundleSpec bundle, string ns)
    {
        foreach (var source in bundle.Sources)
        {
            if (source.ConfigMap is { } map)
            {
                // The whole namespace is watched; the name says which of its changes matter.
                yield return new ObjectRef(ConfigMap, new ResourceKey(ns, map.Name));
                yield return ObjectRef.Namespace(ConfigMap, ns);
            }

            if (source.Secret is { } secret)
            {
                yield return new ObjectRef(Secret, new ResourceKey(ns, secret.Name));
            }
        }
    }
}
