namespace Portcullis.Operator.Tests.Conditions;

/// <summary>What the one replica of a test says of what it was sent.</summary>
public enum ReplicaWord
{
    Absent,
    Silent,
    Waits,
    Refuses,
    Runs,
}
