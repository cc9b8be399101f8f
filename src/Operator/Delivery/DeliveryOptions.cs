namespace Portcullis.Operator.Delivery;

/// <summary>How long the stream waits for whom.</summary>
internal sealed record DeliveryOptions
{
    /// <summary>From the call's first header to its authenticated hello.</summary>
    public TimeSpan HelloDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A gateway that does not take one message for this long is dropped; it comes back and gets the newest.</summary>
    public TimeSpan WriteDeadline { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A gateway silent for this long counts as gone, whatever its connection looks like.</summary>
    public TimeSpan GatewayTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>A call is ended after this long at most, a little jitter less, so that tokens are shown anew and gateways spread; the gateway calls again at once.</summary>
    public TimeSpan LongestCall { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For the last word of a stream that ends; a gateway that does not take it is told nothing.</summary>
    public TimeSpan LastWord { get; init; } = TimeSpan.FromSeconds(1);
}
