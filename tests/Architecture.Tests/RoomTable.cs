using System.Collections.Immutable;

namespace Portcullis.Architecture.Tests;

/// <summary>The room table as ARCHITECTURE.md has it.</summary>
internal static class RoomTable
{
    private static readonly string[] KnownTouches = ["nothing", "tasks", "clock", "disk", "network", Room.Everything];

    public static ImmutableArray<Room> Read()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "ARCHITECTURE.md"))
            .SkipWhile(line => !line.StartsWith("| Room |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(Parse)
            .ToImmutableArray();

        return rows.IsEmpty ? throw new InvalidOperationException("ARCHITECTURE.md has no table that starts with '| Room |'.") : rows;
    }

    private static Room Parse(string row)
    {
        var cells = row.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray();
        var touches = Words(cells[3]);

        return touches.Except(KnownTouches).FirstOrDefault() is { } unknown
            ? throw new InvalidOperationException($"The row of {cells[0]} touches '{unknown}'; the test knows {string.Join(", ", KnownTouches)}.")
            : new Room(cells[0].Trim('`'), Words(cells[2]), touches);
    }

    private static ImmutableArray<string> Words(string cell) =>
        [.. cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('`'))];
}
