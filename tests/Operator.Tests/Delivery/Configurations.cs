using System.Collections.Immutable;
using System.Globalization;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Delivery;

namespace Portcullis.Operator.Tests.Delivery;

/// <summary>Small configurations of certificate entries, whose size is free to choose.</summary>
internal static class Configurations
{
    public static ConfigurationEntry Certificate(string name, string content) => new CertificateEntry
    {
        Certificate = new ResourceKey("shop", name),
        ChainPem = content,
        PrivateKeyPem = "a key",
    };

    public static ConfigurationEntry Large(int number, int bytes) =>
        Certificate(number.ToString(CultureInfo.InvariantCulture), new string((char)('a' + (number % 26)), bytes));

    public static void Offer(this FleetHub hub, params ConfigurationEntry[] entries) =>
        hub.Offer(ImmutableSortedDictionary<string, GatewayConfiguration>.Empty.Add("default", GatewayConfiguration.Of(entries)));

    public static GatewayConfiguration NewestOf(this FleetHub hub, string gateway = "default") =>
        hub.TryFindFeed(gateway, out var feed) ? feed.Newest.Value!.Configuration : throw new KeyNotFoundException(gateway);
}
