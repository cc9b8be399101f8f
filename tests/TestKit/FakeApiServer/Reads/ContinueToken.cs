using System.Text;
using System.Text.Json;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>Where the next page of a list begins, and at which revision. A revision of -1 takes the rest as it is now.</summary>
internal sealed record ContinueToken(long Revision, string Namespace, string Name)
{
    public static ContinueToken Parse(string token)
    {
        try
        {
            return JsonSerializer.Deserialize<ContinueToken>(Convert.FromBase64String(token)) ?? throw new FormatException();
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            throw Failures.BadRequest($"continue key is not valid: {malformed.Message}");
        }
    }

    public override string ToString() => Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this)));
}
