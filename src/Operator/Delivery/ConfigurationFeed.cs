using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Handover;

namespace Portcullis.Operator.Delivery;

/// <summary>What one declared gateway is to run: the newest, and a few before it, so that a gateway that comes back gets only the difference.</summary>
internal sealed class ConfigurationFeed(long epoch)
{
    private const int Remembered = 16;
    private readonly Lock gate = new();
    private ImmutableQueue<GatewayConfiguration> recent = [];
    private long sequence;

    /// <summary>Has no value before the first translation, and then nothing is pushed (P5).</summary>
    public Latest<VersionedConfiguration> Newest { get; } = new();

    /// <summary>A configuration equal to the newest changes nothing, not even the sequence.</summary>
    public void Offer(GatewayConfiguration configuration)
    {
        lock (gate)
        {
            if (Newest.Value?.Configuration.Revision == configuration.Revision)
            {
                return;
            }

            recent = recent.Enqueue(configuration);
            recent = recent.Count() > Remembered ? recent.Dequeue() : recent;
            Newest.Offer(new VersionedConfiguration(new ConfigurationVersion(epoch, ++sequence), configuration));
        }
    }

    /// <summary>Null when it is not remembered, or empty.</summary>
    public GatewayConfiguration? Find(string revision)
    {
        lock (gate)
        {
            return recent.FirstOrDefault(candidate => candidate.Revision.ToString() == revision);
        }
    }
}
