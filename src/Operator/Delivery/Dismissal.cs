using Portcullis.Contract.Wire;

namespace Portcullis.Operator.Delivery;

/// <summary>Ends a stream with a word: the term is over, or the time that its token was good for.</summary>
internal sealed class Dismissal : IDisposable
{
    private readonly TaskCompletionSource<OperatorMessage> message = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration atTheEnd;
    private readonly ITimer? timer;

    /// <param name="callTime">Null when a call may last.</param>
    /// <param name="time">Measures it.</param>
    /// <param name="ended">Of the term.</param>
    public Dismissal(TimeSpan? callTime, TimeProvider time, CancellationToken ended)
    {
        atTheEnd = ended.UnsafeRegister(_ => message.TrySetResult(new OperatorMessage { NotLeading = new NotLeading() }), null);
        timer = callTime is { } due
            ? time.CreateTimer(_ => message.TrySetResult(new OperatorMessage { CallAgain = new CallAgain() }), null, due, Timeout.InfiniteTimeSpan)
            : null;
    }

    /// <summary>Completes when there is one.</summary>
    public Task<OperatorMessage> Message => message.Task;

    /// <summary>For the log; null when nobody was dismissed.</summary>
    public string? Cause => !message.Task.IsCompletedSuccessfully ? null
        : message.Task.Result.MessageCase == OperatorMessage.MessageOneofCase.NotLeading ? "this operator leads no more"
        : "the time of its token is over, and it is to call again";

    public void Dispose()
    {
        atTheEnd.Dispose();
        timer?.Dispose();
    }
}
