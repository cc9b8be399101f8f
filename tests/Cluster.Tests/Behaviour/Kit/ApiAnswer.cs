using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;

namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>What an API server answered. The body is empty when it is no JSON.</summary>
internal sealed record ApiAnswer(HttpStatusCode Code, JsonObject Body, string Text, ImmutableArray<string> Warnings)
{
    public string Reason => Body.Text("reason");

    public string Message => Body.Text("message");

    /// <summary>The body of a request that had to succeed.</summary>
    public JsonObject Good => (int)Code is >= 200 and < 300 ? Body : throw new InvalidOperationException($"The API server answered {this}");

    /// <summary>Fails the test unless it was refused in just this way.</summary>
    public ApiAnswer Refused(HttpStatusCode code, string reason)
    {
        Assert.True(Code == code && Reason == reason, $"Expected {(int)code} {reason}, got {this}");
        return this;
    }

    public override string ToString() => $"{(int)Code}: {Text}";
}
