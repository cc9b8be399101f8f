using System.Diagnostics.CodeAnalysis;
using System.Text;
using Portcullis.Contract;
using Portcullis.Gateway.Proxy.Certificates;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// The certificate and key the gateway was started with, read again on a timer: whoever renews them writes two files, so a pair that does not
/// fit is one that is being written, and the last good one stays.
/// </summary>
internal sealed partial class FrontCertificateFiles(
    FrontCertificatePaths paths, FrontCertificates certificates, TimeProvider time, ILogger<FrontCertificateFiles> logger) : BackgroundService
{
    // Runs from the beginning: a tick that falls before the loop is not lost.
    private readonly PeriodicTimer timer = new(TimeSpan.FromSeconds(5), time);
    private Digest taken;
    private string? told;

    /// <summary>Called before the gateway starts, where a bad pair is the starter's mistake and not a renewal.</summary>
    public static string? ProblemOf(FrontCertificatePaths paths) => TryRead(paths, out _, out _, out var problem) ? null : problem;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Look();

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            Look();
        }
    }

    public override void Dispose()
    {
        timer.Dispose();
        base.Dispose();
    }

    private void Look()
    {
        if (!TryRead(paths, out var certificate, out var digest, out var problem))
        {
            Tell(problem);
            return;
        }

        told = null;

        if (digest != taken)
        {
            taken = digest;
            certificates.UseFiles(certificate);
        }
    }

    private void Tell(string problem)
    {
        if (problem != told)
        {
            told = problem;
            Log.Unusable(logger, problem);
        }
    }

    private static bool TryRead(
        FrontCertificatePaths paths, [NotNullWhen(true)] out KeyedCertificate? certificate, out Digest digest, [NotNullWhen(false)] out string? problem)
    {
        certificate = null;
        digest = default;

        try
        {
            var chain = File.ReadAllText(paths.Chain);
            var key = File.ReadAllText(paths.Key);
            digest = Digest.Of(Encoding.UTF8.GetBytes($"{chain}\n{key}"));

            if (KeyedCertificate.TryLoad(chain, key, out certificate, out problem))
            {
                return true;
            }

            problem = $"{paths.Chain} with {paths.Key} cannot be used: {problem}";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problem = unreadable.Message.TrimEnd('.');
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}. What was shown to clients before stays.")]
        public static partial void Unusable(ILogger logger, string problem);
    }
}
