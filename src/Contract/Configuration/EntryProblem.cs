namespace Portcullis.Contract.Configuration;

/// <summary>Why a gateway does not run an entry as pushed; its predecessor, where there is one, serves on.</summary>
public sealed record EntryProblem(EntryKey Entry, string Message);
