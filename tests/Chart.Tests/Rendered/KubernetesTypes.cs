using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace Portcullis.Chart.Tests.Rendered;

/// <summary>Kubernetes' own types, read as strictly as the API server reads with <c>fieldValidation=Strict</c>.</summary>
internal static class KubernetesTypes
{
    private static readonly JsonSerializerOptions Strict = new() { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    private static readonly ImmutableDictionary<string, Type> Types = typeof(V1Pod).Assembly.GetTypes()
        .Select(type => (Type: type, Entity: type.GetCustomAttribute<KubernetesEntityAttribute>()))
        .Where(known => known.Entity is not null && typeof(IKubernetesObject<V1ObjectMeta>).IsAssignableFrom(known.Type))
        .ToImmutableDictionary(known => $"{known.Entity!.Group}/{known.Entity.ApiVersion}/{known.Entity.Kind}".TrimStart('/'), known => known.Type);

    /// <exception cref="JsonException">A field is not known to its type, or has a value of another one.</exception>
    public static IKubernetesObject<V1ObjectMeta> Read(RenderedObject rendered)
    {
        Assert.True(Types.TryGetValue($"{rendered.ApiVersion}/{rendered.Kind}", out var type), $"{rendered}: Kubernetes has no {rendered.ApiVersion} {rendered.Kind}.");

        return (IKubernetesObject<V1ObjectMeta>)JsonSerializer.Deserialize(rendered.Json, type, Strict)!;
    }
}
