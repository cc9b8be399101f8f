namespace Portcullis.Contract;

/// <summary>
/// The version of everything in this assembly that travels between operator and gateway. It rises when an entry gains a field that changes
/// what a gateway must do; entries that use the field then carry the new version as their minimum, and an older gateway refuses them alone.
/// </summary>
public static class ContractVersion
{
    public const int Current = 1;
}
