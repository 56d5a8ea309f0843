namespace Plateau.Server.WebConsole;

/// <summary>A key that protects cookies and forms of the console, shared by every process on the store.</summary>
internal sealed class ProtectionKeyRow
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The key as data protection writes it.</summary>
    public required string Xml { get; init; }
}
