using System.Diagnostics.CodeAnalysis;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>What is behind a failure, however often it was wrapped on its way through the HTTP client.</summary>
internal static class CauseOf
{
    public static bool TryFind<T>(Exception? failure, [NotNullWhen(true)] out T? found)
        where T : Exception
    {
        found = null;
        for (var inner = failure; inner is not null && found is null; inner = inner.InnerException)
        {
            found = inner as T;
        }

        return found is not null;
    }

    public static bool Has<T>(Exception? failure)
        where T : Exception => TryFind<T>(failure, out _);
}
