using System.Collections.Immutable;
using System.CommandLine;
using Portcullis.Contract;
using Portcullis.Hosting;

namespace Portcullis.Operator.Hosting;

/// <summary>How gateways are declared on the command line.</summary>
internal static class GatewayOptions
{
    public static Option<ImmutableArray<string>> Gateways() => OptionOf.Many<string>(
        "--gateway", "the name of a gateway", "default", "Declares a gateway that routes may name; may be given more than once.", OptionText.TryParseName, ["default"]);

    public static Option<ResourceKey?> DefaultCertificate() => OptionOf.Optional<ResourceKey?>(
        "--default-certificate", "namespace/name", "shop/front", "A TLS Secret among the manifests, shown to clients of routes without one.", OptionText.TryParseKey);
}
