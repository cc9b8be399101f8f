namespace Portcullis.Operator.Delivery;

/// <summary>Who shows a token, as far as whoever issued it says.</summary>
internal abstract record Caller
{
    private Caller()
    {
    }

    /// <summary>Shows the one token of all gateways without a cluster; which gateway it is, only its hello says.</summary>
    public sealed record AnyGateway : Caller;

    /// <summary>Shows a token that its cluster issued for this pod.</summary>
    /// <param name="Expires">When the token ends, and with it what was admitted by it.</param>
    public sealed record Pod(string Namespace, string ServiceAccount, string PodName, string PodUid, DateTimeOffset Expires) : Caller
    {
        public override string ToString() => $"pod {Namespace}/{PodName} (uid {PodUid}) under ServiceAccount {Namespace}/{ServiceAccount}";
    }

    /// <summary>The token is not good here.</summary>
    /// <param name="Why">Without anything of the token, and without a full stop.</param>
    public sealed record Stranger(string Why) : Caller;

    /// <summary>Nobody could be asked, so nobody is admitted; trying again helps.</summary>
    /// <param name="Why">Without a full stop.</param>
    public sealed record Unknown(string Why) : Caller;
}
