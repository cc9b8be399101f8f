using System.Collections.Immutable;

namespace Portcullis.TestKit.FakeApiServer.Access;

/// <summary>What a token proves: a user for some audiences, or nothing and why.</summary>
internal sealed record TokenJudgement(ApiUser? User, ImmutableArray<string> Audiences, string Error)
{
    public static TokenJudgement Invalid(string error) => new(null, [], error);
}
