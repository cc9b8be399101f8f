namespace Portcullis.TestKit.FakeApiServer.Reads;

internal enum RequirementOperator
{
    Equal,
    NotEqual,
    Exists,
    Missing,
}
