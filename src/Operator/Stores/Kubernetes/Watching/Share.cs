using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>One watch's part of the picture. It says in the log what changes: not every retry, not every version of a bad object.</summary>
/// <param name="target">What is watched.</param>
/// <param name="field">Where its objects are kept.</param>
/// <param name="picture">Of everything.</param>
/// <param name="reachability">Of the API server.</param>
/// <param name="faults">Has the words.</param>
/// <param name="logger">Speaks them.</param>
internal sealed partial class Share<T>(WatchTarget target, ObjectField<T> field, Picture picture, Reachability reachability, ReadFaults faults, ILogger logger)
    : IReflected<T>
{
    private readonly Dictionary<ResourceKey, string> quarantined = [];

    /// <summary>The refusal that was said last; null when there is none.</summary>
    private string? refused;

    public void Replace(ImmutableArray<ObjectChange<T>> changes)
    {
        foreach (var change in changes)
        {
            Notice(change);
        }

        picture.Replace(target, field, changes);
    }

    public void Apply(ObjectChange<T> change)
    {
        Notice(change);
        picture.Apply(target, field, change);
    }

    public void Refused(ApiRefusal refusal)
    {
        reachability.Reached(target);
        picture.Refuse(target, refusal);
        var fault = faults.Of(target, refusal);

        if (fault.Message == refused)
        {
            return;
        }

        refused = fault.Message;

        if (fault == ReadFaults.GrantsMissing)
        {
            Log.NoGrants(logger, fault.Message);
            return;
        }

        Log.Refused(logger, target, fault.Message, refusal);
    }

    public void Reached()
    {
        reachability.Reached(target);

        if (refused is not null)
        {
            Log.Permitted(logger, target);
            refused = null;
        }
    }

    public void Broke(string problem, int failures)
    {
        Log.Broke(logger, target, problem, failures);
        reachability.Broke(target, problem, failures);
    }

    public void Withdraw(ImmutableArray<ResourceKey> keys)
    {
        reachability.Reached(target);
        picture.Withdraw(target, field, keys);
    }

    private void Notice(ObjectChange<T> change)
    {
        if (change is not ObjectChange<T>.Undecodable undecodable)
        {
            quarantined.Remove(change.Key);
        }
        else if (quarantined.GetValueOrDefault(change.Key) != undecodable.Field)
        {
            quarantined[change.Key] = undecodable.Field;
            Log.Quarantined(logger, ReadFaults.Undecodable(new ObjectRef(target.Selection.Kind.Name, change.Key), undecodable.Field).Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Target} cannot be read: {Problem} The API server said {Refusal} What was read before stays; trying again now and then.")]
        public static partial void Refused(ILogger logger, WatchTarget target, string problem, ApiRefusal refusal);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Problem}")]
        public static partial void NoGrants(ILogger logger, string problem);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Target} can be read again.")]
        public static partial void Permitted(ILogger logger, WatchTarget target);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Watching {Target} was interrupted ({Failures} in a row): {Problem}")]
        public static partial void Broke(ILogger logger, WatchTarget target, string problem, int failures);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Problem} Until then the last version that could be read holds; of one that this operator never could, gateways keep what they have.")]
        public static partial void Quarantined(ILogger logger, string problem);
    }
}
