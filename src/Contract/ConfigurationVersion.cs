namespace Portcullis.Contract;

/// <summary>
/// The order of configurations. The epoch rises with every new leader (or start, without a cluster), the sequence with every configuration of
/// that leader. A gateway refuses anything that is not newer than what it holds, so that a paused leader cannot undo its successor (P5).
/// </summary>
public readonly record struct ConfigurationVersion(long Epoch, long Sequence) : IComparable<ConfigurationVersion>
{
    public int CompareTo(ConfigurationVersion other)
    {
        var byEpoch = Epoch.CompareTo(other.Epoch);
        return byEpoch != 0 ? byEpoch : Sequence.CompareTo(other.Sequence);
    }

    public static bool operator <(ConfigurationVersion left, ConfigurationVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(ConfigurationVersion left, ConfigurationVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(ConfigurationVersion left, ConfigurationVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ConfigurationVersion left, ConfigurationVersion right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Epoch}.{Sequence}";
}
