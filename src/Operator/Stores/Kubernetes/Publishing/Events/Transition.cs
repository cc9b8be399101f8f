namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Events;

/// <summary>Something about a resource became so, and was not so before.</summary>
/// <param name="IsWarning">Somebody should look.</param>
/// <param name="Condition">Type of the condition.</param>
/// <param name="Reason">Of the condition.</param>
/// <param name="Text">Its message.</param>
/// <param name="Since">Time of the transition.</param>
internal sealed record Transition(bool IsWarning, string Condition, string Reason, string Text, DateTimeOffset Since);
