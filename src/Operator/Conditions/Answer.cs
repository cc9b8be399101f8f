namespace Portcullis.Operator.Conditions;

/// <summary>What a condition says, its times apart.</summary>
/// <param name="Status">True, False or Unknown.</param>
internal sealed record Answer(string Type, string Status, string Reason, string Message)
{
    public const string True = "True";
    public const string False = "False";
    public const string Unknown = "Unknown";

    /// <summary>The reason of everything that gets better by itself.</summary>
    public const string Pending = "Pending";

    public bool IsTrue => Status == True;
}
