using System.Collections.Immutable;
using System.Text.Json;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.TestKit.Events;

namespace Portcullis.Operator.Tests.Cluster;

/// <summary>Writes down in words what a reflector tells. An object is told by its field <c>value</c>.</summary>
internal sealed class RecordedObjects : IReflected<string>
{
    public Journal<string> Told { get; } = new();

    /// <exception cref="JsonException">The value is no text.</exception>
    public static string Decode(JsonElement subject) => subject.GetProperty("value").Deserialize<string>() ?? "";

    public void Replace(ImmutableArray<ObjectChange<string>> changes) => Told.Add($"list: {string.Join(", ", changes.Select(Text))}");

    public void Apply(ObjectChange<string> change) => Told.Add(Text(change));

    public void Refused(ApiRefusal refusal) => Told.Add($"refused: {refusal}");

    public void Reached() => Told.Add("watching");

    public void Broke(string problem, int failures) => Told.Add($"broke {failures}: {problem}");

    public void Withdraw(ImmutableArray<ResourceKey> keys) => Told.Add($"withdrawn: {string.Join(", ", keys)}");

    private static string Text(ObjectChange<string> change) => change switch
    {
        ObjectChange<string>.Put put => $"{put.Key.Name}={put.Object}",
        ObjectChange<string>.Removed => $"-{change.Key.Name}",
        ObjectChange<string>.Undecodable undecodable => $"?{change.Key.Name}{undecodable.Field}",
        _ => throw new NotSupportedException(),
    };
}
