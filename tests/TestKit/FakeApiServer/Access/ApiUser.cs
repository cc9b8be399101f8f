using System.Collections.Immutable;

namespace Portcullis.TestKit.FakeApiServer.Access;

/// <summary>Who asks.</summary>
internal sealed record ApiUser(string Name, ImmutableArray<string> Groups)
{
    public const string Masters = "system:masters";
    public const string Authenticated = "system:authenticated";

    public static ApiUser Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"]);

    public string Uid { get; init; } = "";

    /// <summary>Where a token came from, such as the pod it is bound to.</summary>
    public ImmutableSortedDictionary<string, string> Extra { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public bool IsMaster => Groups.Contains(Masters);

    public static ApiUser OfServiceAccount(string @namespace, string name, string uid) => new(
        $"system:serviceaccount:{@namespace}:{name}", ["system:serviceaccounts", $"system:serviceaccounts:{@namespace}", Authenticated])
    {
        Uid = uid,
    };
}
