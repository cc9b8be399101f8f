using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Portcullis.Gateway.Proxy;

/// <summary>Registers the data path.</summary>
internal static class ProxyServices
{
    /// <summary>Adds <see cref="ProxyEngine"/>; its <see cref="ProxyEngine.InvokeAsync"/> is the last middleware.</summary>
    public static IServiceCollection AddPortcullisProxy(this IServiceCollection services, ProxyOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<ProxyEngine>();

        return services;
    }
}
