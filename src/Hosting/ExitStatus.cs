namespace Portcullis.Hosting;

/// <summary>What the process answers its starter.</summary>
public static class ExitStatus
{
    public const int Fine = 0;
    public const int Failed = 1;
    public const int Usage = 2;
}
