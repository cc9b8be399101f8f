namespace Portcullis.Operator.Leading;

/// <summary>What ran in a term did not stop in time. Another operator may lead by now, so only the end of this process is safe.</summary>
internal sealed class TermOverrunException(long epoch, TimeSpan waited)
    : Exception($"the term of epoch {epoch} has ended, and what ran in it did not stop within {waited.TotalSeconds:0.#} s");
