namespace Plateau.Server.Storage;

/// <summary>A row that tells when it was made.</summary>
internal interface ITimedRow
{
    /// <summary>When it was made, UTC; the table has an index on it.</summary>
    DateTimeOffset TimeCreated { get; }
}
