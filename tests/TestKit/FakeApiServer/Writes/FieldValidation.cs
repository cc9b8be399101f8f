namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>What becomes of fields that are unknown or written twice.</summary>
internal enum FieldValidation
{
    Warn,
    Ignore,
    Strict,
}
