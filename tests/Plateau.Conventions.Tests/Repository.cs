namespace Plateau.Conventions.Tests;

/// <summary>The files of the repository that are written by people.</summary>
internal static class Repository
{
    private static readonly string[] Folders = ["src", "tests", "bench", "docs", "eng"];
    private static readonly HashSet<string> Generated = ["bin", "obj", "TestResults", "node_modules", "data"];
    private static readonly HashSet<string> TextExtensions =
    [
        ".cs", ".csproj", ".css", ".js", ".json", ".md", ".props", ".razor", ".sh", ".slnx", ".sql", ".targets", ".txt",
        ".yml", "",
    ];

    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Text files, as full paths.</summary>
    public static IEnumerable<string> TextFiles() => Directory.EnumerateFiles(Root)
        .Concat(Folders.Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists).SelectMany(Walk))
        .Where(file => TextExtensions.Contains(Path.GetExtension(file)));

    /// <summary>C# files below a folder of the root.</summary>
    public static IEnumerable<string> CodeFiles(string folder) =>
        Walk(Path.Combine(Root, folder)).Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>A path as the repository knows it.</summary>
    public static string NameOf(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder) => Directory.EnumerateFiles(folder).Concat(
        Directory.EnumerateDirectories(folder).Where(inner => !Generated.Contains(Path.GetFileName(inner)))
            .SelectMany(Walk));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Plateau.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
