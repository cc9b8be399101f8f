using System.Collections.Immutable;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// What the front shows to clients: the pushed certificate of the name they ask for, else the pushed default, else the one from files, else a self-signed one. A
/// change reaches the next handshake; open connections do not notice.
/// </summary>
internal sealed partial class FrontCertificates(TimeProvider time, ILogger<FrontCertificates> logger)
{
    private readonly Lock gate = new();
    private PushedCertificates pushed = PushedCertificates.None;
    private ShownCertificate? fromFiles;
    private ShownCertificate? selfSigned;
    private ShownCertificate? toldDefault;
    private volatile CertificateTable? table;

    /// <summary>For the next handshake.</summary>
    public CertificateTable Table => table ?? Renewed();

    public void UseFiles(FrontCertificate certificate)
    {
        lock (gate)
        {
            fromFiles = new ShownCertificate(certificate);
            Renewed();
        }
    }

    /// <summary>Takes the certificates of the configuration.</summary>
    /// <returns>Those that are not shown as they are now, and why.</returns>
    public ImmutableArray<EntryProblem> Apply(GatewayConfiguration configuration)
    {
        lock (gate)
        {
            var before = pushed;
            pushed = pushed.With(configuration);

            foreach (var problem in pushed.Problems.Except(before.Problems))
            {
                Log.Refused(logger, problem.Entry, problem.Message);
            }

            Renewed();
            return pushed.Problems;
        }
    }

    private CertificateTable Renewed()
    {
        lock (gate)
        {
            var byDefault = pushed.Default ?? fromFiles ?? (selfSigned ??= SelfSigned());
            Tell(byDefault);
            return table = new CertificateTable(pushed.ByHostname(), byDefault);
        }
    }

    private ShownCertificate SelfSigned()
    {
        Log.SelfSigned(logger);
        return new ShownCertificate(FrontCertificate.SelfSigned(time.GetUtcNow()));
    }

    private void Tell(ShownCertificate shown)
    {
        if (!ReferenceEquals(shown, toldDefault))
        {
            toldDefault = shown;
            var source = SourceOf(shown);
            Log.Shown(logger, shown.Certificate, shown.Certificate.Context.IntermediateCertificates.Count, source);
        }
    }

    private string SourceOf(ShownCertificate shown) =>
        ReferenceEquals(shown, pushed.Default) ? "the operator" : ReferenceEquals(shown, fromFiles) ? "the files it was started with" : "itself";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Clients are shown {Certificate}, with {Intermediates} intermediates, from {Source}, unless a route brings another.")]
        public static partial void Shown(ILogger logger, FrontCertificate certificate, int intermediates, string source);

        [LoggerMessage(Level = LogLevel.Warning, Message = "No certificate was given, so a self-signed one is made, which no client accepts unasked. Declare a default certificate for this gateway, or start it with --certificate chain.pem --key key.pem.")]
        public static partial void SelfSigned(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Entry} is not shown to clients: {Problem}. What was shown before stays.")]
        public static partial void Refused(ILogger logger, EntryKey entry, string problem);
    }
}
