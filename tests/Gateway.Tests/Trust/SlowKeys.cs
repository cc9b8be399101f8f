using System.Collections.Concurrent;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Trust;

/// <summary>Keys that take long to make, made once: which key it is does not matter, only that issuer and subject have different ones.</summary>
internal static class SlowKeys
{
    private static readonly ConcurrentDictionary<(KeyKind, string), Lazy<TestKey>> Keys = new();

    public static CertificateRecipe WithReadyKey(this CertificateRecipe recipe, string owner) =>
        recipe.Key is null && IsSlow(recipe.KeyKind)
            ? recipe with { Key = Keys.GetOrAdd((recipe.KeyKind, owner), _ => new Lazy<TestKey>(() => TestKey.Create(recipe.KeyKind))).Value }
            : recipe;

    private static bool IsSlow(KeyKind kind) => kind is KeyKind.Dsa1024 or KeyKind.Ed25519 or >= KeyKind.Rsa512 and <= KeyKind.Rsa4096;
}
