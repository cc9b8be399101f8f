using Mono.Cecil;

namespace Portcullis.Architecture.Tests;

/// <summary>One place where code names a type or a member: <paramref name="By"/> is the outermost type that does.</summary>
/// <param name="Type">The type that is named.</param>
/// <param name="Member">The member that is called or read; null when only the type is named.</param>
internal sealed record Use(TypeDefinition By, TypeReference Type, MemberReference? Member)
{
    public override string ToString() => $"{By.FullName} uses {Member?.FullName ?? Type.FullName}";
}
