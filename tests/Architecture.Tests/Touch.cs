namespace Portcullis.Architecture.Tests;

/// <summary>Which of the outside world's parts a use touches.</summary>
internal static class Touch
{
    private static readonly string[] Tasks = ["System.Threading.Tasks.Task", "System.Threading.Tasks.ValueTask", "System.Threading.Thread", "System.Threading.ThreadPool"];

    private static readonly string[] Clock =
    [
        "System.TimeProvider", "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Threading.ITimer", "System.Diagnostics.Stopwatch",
    ];

    private static readonly string[] Now = ["get_Now", "get_UtcNow", "get_Today", "get_TickCount", "get_TickCount64"];

    private static readonly string[] Disk =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.FileSystemInfo",
        "System.IO.FileSystemWatcher", "System.IO.StreamReader", "System.IO.StreamWriter", "System.IO.RandomAccess",
    ];

    private static readonly string[] Environment = ["System.Environment", "System.Diagnostics.Process", "System.Console"];

    // Names of the network that carry no traffic by themselves.
    private static readonly string[] Vocabulary =
    [
        "System.Net.Sockets.AddressFamily", "System.Net.Sockets.SocketError", "System.Net.Sockets.SocketException", "System.Net.Http.HttpRequestException",
        "System.Net.Http.HttpRequestError",
    ];

    private static readonly string[] Network = ["System.Net.Sockets", "System.Net.Http", "System.Net.NameResolution", "Grpc", "Microsoft.AspNetCore", "Yarp", "k8s"];

    /// <summary>Null when nothing outside is touched.</summary>
    public static string? Of(Use use)
    {
        var type = use.Type.FullName;

        return Tasks.Any(task => type == task || type.StartsWith(task + "`", StringComparison.Ordinal)) ? "tasks"
            : Clock.Contains(type) || Now.Contains(use.Member?.Name) ? "clock"
            : Disk.Contains(type) ? "disk"
            : Environment.Contains(type) && use.Member?.Name is not ("get_NewLine" or "get_CurrentManagedThreadId") ? "environment"
            : type.StartsWith("Microsoft.Extensions.Logging.", StringComparison.Ordinal) ? "log"
            : IsNetwork(use.Type.Namespace, type) ? "network"
            : null;
    }

    private static bool IsNetwork(string space, string type) =>
        !Vocabulary.Contains(type)
        && space is not "k8s.Models"
        && !type.StartsWith("k8s.IKubernetesObject", StringComparison.Ordinal)
        && type is not ("k8s.IMetadata`1" or "k8s.ISpec`1" or "k8s.IStatus`1" or "k8s.KubernetesJson" or "k8s.KubernetesYaml" or "k8s.Models.KubernetesEntityAttribute")
        && (type == "System.Net.Dns" || Network.Any(root => space == root || space.StartsWith(root + ".", StringComparison.Ordinal)));
}
