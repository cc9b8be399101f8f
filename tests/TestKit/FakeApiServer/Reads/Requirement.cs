using System.Collections.Immutable;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>One term of a selector.</summary>
internal sealed record Requirement(string Key, RequirementOperator Operator, string Value)
{
    public static ImmutableArray<Requirement> ParseAll(string selector)
    {
        if (selector.Contains('(', StringComparison.Ordinal))
        {
            throw Failures.NotImplemented("selectors with sets");
        }

        return [.. selector.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];
    }

    /// <param name="value">Null when there is none.</param>
    public bool Holds(string? value) => Operator switch
    {
        RequirementOperator.Equal => value == Value,
        RequirementOperator.NotEqual => value != Value,
        RequirementOperator.Exists => value is not null,
        _ => value is null,
    };

    private static Requirement Parse(string term)
    {
        if (term.Split("!=") is [var notKey, var notValue])
        {
            return new(notKey.Trim(), RequirementOperator.NotEqual, notValue.Trim());
        }

        if (term.Replace("==", "=", StringComparison.Ordinal).Split('=') is [var key, var value])
        {
            return new(key.Trim(), RequirementOperator.Equal, value.Trim());
        }

        return term.StartsWith('!') ? new(term[1..].Trim(), RequirementOperator.Missing, "") : new(term, RequirementOperator.Exists, "");
    }
}
