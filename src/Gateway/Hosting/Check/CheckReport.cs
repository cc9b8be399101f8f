using System.Text.Json;
using Portcullis.Contract;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Hosting.Check;

/// <summary>What <c>gateway check -o json</c> prints; the words are null when trusted.</summary>
/// <param name="Verdict">Spelled as everywhere else (<see cref="ContractJson"/>).</param>
internal sealed record CheckReport(bool Accept, string? Code, string? Message, string? Remedy, JsonElement Verdict)
{
    public static CheckReport Of(Verdict verdict)
    {
        var spelled = JsonSerializer.SerializeToElement(verdict, ContractJson.Verdict);
        return verdict is Verdict.Refused refused
            ? new(false, VerdictText.Code(refused.Reason), VerdictText.Message(refused), VerdictText.Remedy(refused), spelled)
            : new(true, null, null, null, spelled);
    }
}
