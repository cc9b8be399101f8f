using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Portcullis.TestKit.Processes;

/// <summary>POSIX signals to a process that a test started.</summary>
internal static class Signal
{
    private const int Terminate = 15;

    /// <summary>Asks it to end, as a container runtime does.</summary>
    public static void Term(Process process)
    {
        if (!process.HasExited && Send(process.Id, Terminate) != 0 && !process.HasExited)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int pid, int signal);
}
