using System.Collections.Immutable;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Portcullis.Architecture.Tests;

/// <summary>Everything the product's assemblies name, read from their IL.</summary>
internal static class CompiledCode
{
    private static readonly string[] Assemblies = ["Portcullis.Contract", "Portcullis.Hosting", "Portcullis.Operator", "Portcullis.Gateway"];

    public static ImmutableArray<Use> Uses { get; } = [.. Assemblies.SelectMany(Types).SelectMany(type => UsesOf(type, type)).Distinct()];

    private static IEnumerable<TypeDefinition> Types(string assembly) =>
        AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"))
            .MainModule.Types.Where(type => type.FullName == "Program" || type.Namespace.StartsWith("Portcullis.", StringComparison.Ordinal));

    // Nested and compiler-made types (closures, state machines) count for the type they are in.
    private static IEnumerable<Use> UsesOf(TypeDefinition type, TypeDefinition outermost) =>
    [
        .. Named(type).SelectMany(Parts).Select(named => new Use(outermost, named, Member: null)),
        .. type.Methods.Where(method => method.HasBody).SelectMany(method => method.Body.Instructions).SelectMany(instruction => Members(instruction, outermost)),
        .. type.NestedTypes.SelectMany(nested => UsesOf(nested, outermost)),
    ];

    private static IEnumerable<TypeReference> Named(TypeDefinition type) =>
    [
        .. type.BaseType is null ? Enumerable.Empty<TypeReference>() : [type.BaseType],
        .. type.Interfaces.Select(implemented => implemented.InterfaceType),
        .. type.Fields.Select(field => field.FieldType),
        .. type.Methods.SelectMany(method => method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType)),
        .. type.Methods.Where(method => method.HasBody).SelectMany(method => method.Body.Variables.Select(variable => variable.VariableType)),
    ];

    private static IEnumerable<Use> Members(Instruction instruction, TypeDefinition by) => instruction.Operand switch
    {
        MemberReference { DeclaringType: { } declaring } member and not TypeReference =>
            Parts(declaring).Select(part => new Use(by, part, member)).Concat(Arguments(member).SelectMany(Parts).Select(part => new Use(by, part, Member: null))),
        TypeReference type => Parts(type).Select(part => new Use(by, part, Member: null)),
        _ => [],
    };

    private static TypeReference[] Arguments(MemberReference member) => member is GenericInstanceMethod generic ? [.. generic.GenericArguments] : [];

    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        TypeSpecification specification => Parts(specification.ElementType),
        GenericParameter => [],
        _ => [type],
    };
}
