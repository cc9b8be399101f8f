using System.Collections.Immutable;
using System.Text.Json;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>
/// What can be told of an object that cannot be read whole: who it is, and which names it mentions. Enough to keep its place and what it needs; it has no rule and
/// no source, so that nothing can be served by it.
/// </summary>
internal static class Outline
{
    /// <summary>Null when not even its metadata can be read.</summary>
    public static BackendRoute? OfRoute(JsonElement subject, string field)
    {
        if (Metadata(subject) is not { } metadata)
        {
            return null;
        }

        var spec = At(subject, "spec");
        var absent = new BackendRouteSpec { Hostnames = Part<ImmutableArray<string>?>(spec, "hostnames") ?? [], Rules = [] };

        return new BackendRoute
        {
            Metadata = metadata,
            Spec = absent with
            {
                Gateways = Part<ImmutableArray<string>?>(spec, "gateways") ?? absent.Gateways,
                Frontend = Part<SecretRef>(At(spec, "frontend"), "certificateRef") is { } certificate ? new Frontend { CertificateRef = certificate } : null,
                Backends = [.. (Part<ImmutableArray<JsonElement>?>(spec, "backends") ?? []).Select(BackendOf)],
            },
            Status = Part<BackendRouteStatus>(subject, "status"),
            Unread = UnreadOf(BackendRoute.KindName, metadata, field),
        };
    }

    /// <inheritdoc cref="OfRoute"/>
    public static TrustBundle? OfBundle(JsonElement subject, string field) => Metadata(subject) is not { } metadata ? null : new TrustBundle
    {
        Metadata = metadata,
        Spec = new TrustBundleSpec { Sources = [] },
        Status = Part<TrustBundleStatus>(subject, "status"),
        Unread = UnreadOf(TrustBundle.KindName, metadata, field),
    };

    /// <summary>What takes the place of an object when this is all that can be told of its newest version.</summary>
    /// <param name="before">What stood there; null when nothing did.</param>
    /// <param name="outline">Of the newest version.</param>
    public static T Over<T>(T? before, T outline) =>
        before is ICustomResource { Unread: not { StandIn: StandIn.Outline } } good && outline is ICustomResource now && good.Metadata.Uid == now.Metadata.Uid
            ? (T)good.InPlaceOf(now)
            : outline;

    private static Unread UnreadOf(string kind, V1ObjectMeta metadata, string field) =>
        new(ReadFaults.Undecodable(new ObjectRef(kind, new ResourceKey(metadata.NamespaceProperty ?? "", metadata.Name)), field), field.StartsWith("$.", StringComparison.Ordinal) ? field[2..] : field, StandIn.Outline);

    private static Backend BackendOf(JsonElement backend)
    {
        var tls = At(backend, "tls");

        return new Backend
        {
            Name = Part<string>(backend, "name") ?? "",
            Tls = new Tls
            {
                ClientCertificateRef = Part<SecretRef>(tls, "clientCertificateRef"),
                Validation = new Validation { CaCertificateRefs = Part<ImmutableArray<CaCertificateRef>?>(At(tls, "validation"), "caCertificateRefs") ?? [] },
            },
        };
    }

    private static V1ObjectMeta? Metadata(JsonElement subject)
    {
        if (Part<V1ObjectMeta>(subject, "metadata") is not { Name.Length: > 0 } metadata)
        {
            return null;
        }

        metadata.ManagedFields = null;
        return metadata;
    }

    private static JsonElement? At(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } there && there.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Null when it is not there or cannot be read: whatever else can be is wanted all the same.</summary>
    private static T? Part<T>(JsonElement? parent, string name)
    {
        try
        {
            return At(parent, name) is { } value ? value.Deserialize<T>(ResourceJson.Lenient) : default;
        }
        catch (Exception illegible) when (illegible is JsonException or NotSupportedException or InvalidOperationException or FormatException)
        {
            return default;
        }
    }
}
