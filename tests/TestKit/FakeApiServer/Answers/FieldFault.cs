namespace Portcullis.TestKit.FakeApiServer.Answers;

/// <summary>What is wrong with one field, as a cause of a refusal has it.</summary>
internal sealed record FieldFault(string Path, string Reason, string Message)
{
    public static FieldFault Required(string path, string detail = "") => new(path, "FieldValueRequired", detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    public static FieldFault Invalid(string path, string value, string detail) => new(path, "FieldValueInvalid", $"Invalid value: {value}: {detail}");

    public static FieldFault Forbidden(string path, string detail) => new(path, "FieldValueForbidden", $"Forbidden: {detail}");

    public static FieldFault Unsupported(string path, string value, params IEnumerable<string> supported) =>
        new(path, "FieldValueNotSupported", $"Unsupported value: \"{value}\": supported values: {string.Join(", ", supported.Select(known => $"\"{known}\""))}");

    public override string ToString() => $"{Path}: {Message}";
}
