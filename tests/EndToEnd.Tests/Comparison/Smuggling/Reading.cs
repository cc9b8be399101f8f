using System.Collections.Immutable;

namespace Portcullis.EndToEnd.Tests.Comparison.Smuggling;

/// <summary>What a reader sees who forgives nothing.</summary>
/// <param name="Requests">That are whole.</param>
/// <param name="IsBrokenOff">Whether the bytes end within a request.</param>
/// <param name="Length">Of what was understood. Beyond it lies what no strict reader goes on with.</param>
/// <param name="Doubts">Where two readers may differ; see <see cref="Doubt"/>.</param>
internal sealed record Reading(int Requests, bool IsBrokenOff, int Length, ImmutableSortedSet<string> Doubts);
