using System.ComponentModel.DataAnnotations;

namespace Plateau.Server.Storage;

/// <summary>Where the data is.</summary>
internal sealed class StorageOptions
{
    /// <summary>
    /// Folder of the embedded store and of the demo's file. Default <c>data</c> under the working folder.
    /// </summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>Connection string of PostgreSQL. Default none: the embedded store is used.</summary>
    public string? Postgres { get; set; }

    /// <summary>Connections to PostgreSQL at the most, for each process. Default 40.</summary>
    [Range(4, 1_000)]
    public int MaxConnections { get; set; } = 40;

    /// <summary>Seconds a statement may take before it is given up. Default 30.</summary>
    [Range(1, 600)]
    public int StatementTimeoutSeconds { get; set; } = 30;
}
