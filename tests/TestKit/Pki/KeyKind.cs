namespace Portcullis.TestKit.Pki;

/// <summary>The keys a test certificate can have, those that must be refused included.</summary>
public enum KeyKind
{
    EcP256,
    EcP384,
    EcP521,
    EcP192,
    EcSecp256k1,
    Rsa512,
    Rsa1024,
    Rsa2048,
    Rsa3072,
    Rsa4096,
    Dsa1024,
    Ed25519,
}
