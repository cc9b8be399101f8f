using System.Collections.Immutable;
using Mono.Cecil;

namespace Portcullis.Architecture.Tests;

/// <summary>The room table, enforced over the compiled assemblies.</summary>
public sealed class RoomLaw
{
    private static readonly ImmutableArray<Room> Rooms = RoomTable.Read();

    [Fact]
    public void Every_type_is_in_a_room()
    {
        var homeless = CompiledCode.Uses.Select(use => use.By).Distinct().Where(type => RoomOf(type) is null).Select(type => type.FullName);

        Lawful(homeless);
    }

    [Fact]
    public void Every_room_of_the_table_has_types()
    {
        var inhabited = CompiledCode.Uses.Select(use => RoomOf(use.By)).ToHashSet();

        Lawful(Rooms.Where(room => !inhabited.Contains(room)).Select(room => room.Name));
    }

    [Fact]
    public void A_room_imports_only_what_its_row_names()
    {
        var trespasses = CompiledCode.Uses
            .Where(use => RoomOf(use.Type) is { } imported && RoomOf(use.By) is { } room && !room.MayImport(imported))
            .Select(use => use.ToString());

        Lawful(trespasses);
    }

    [Fact]
    public void A_room_touches_only_what_its_row_names()
    {
        var trespasses = CompiledCode.Uses
            .Where(use => Touch.Of(use) is { } touched && RoomOf(use.By) is { } room && !room.MayTouch(touched))
            .Select(use => $"{Touch.Of(use)}: {use}");

        Lawful(trespasses);
    }

    [Fact]
    public void A_folder_is_a_namespace()
    {
        var misplaced = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && Path.GetFileName(file) != "Program.cs")
            .Where(file => !File.ReadLines(file).Contains($"namespace Portcullis.{Path.GetRelativePath(Path.Combine(Repository.Root, "src"), Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.')};"))
            .Select(file => Path.GetRelativePath(Repository.Root, file));

        Lawful(misplaced);
    }

    private static void Lawful(IEnumerable<string> trespasses)
    {
        var lines = trespasses.Distinct().Order(StringComparer.Ordinal).ToArray();

        Assert.True(lines.Length == 0, string.Join('\n', lines));
    }

    // The entry point has no namespace; it is wiring.
    private static Room? RoomOf(TypeReference type)
    {
        var outermost = type;

        while (outermost.DeclaringType is { } declaring)
        {
            outermost = declaring;
        }

        var space = outermost.FullName == "Program" ? outermost.Module.Assembly.Name.Name + ".Hosting" : outermost.Namespace;

        return Rooms
            .Where(room => space == $"Portcullis.{room.Name}" || space.StartsWith($"Portcullis.{room.Name}.", StringComparison.Ordinal))
            .MaxBy(room => room.Name.Length);
    }
}
